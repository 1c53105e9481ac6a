import { expect, test } from 'vitest';
import { defineAutoencoder, objectiveSchema, trainingGraph } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { batchGradients } from './batch-gradients.ts';
import { lowRankImages, modelOf } from './testing.ts';
import type { Losses } from './workspace.ts';
import { layOut } from './workspace.ts';

const SHAPE = { height: 4, width: 4, channels: 1 };
const TOTAL = 11;

/** All that is drawn or scheduled: corruption, dropout, a sampled code, a weight that is warmed up. */
const MODEL = modelOf({
  encoder: [
    { type: 'conv', channels: 3, kernel: 3, activation: 'relu' },
    { type: 'maxPool', size: 2 },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.3 },
  ],
  code: { type: 'gaussian', units: 3, kl: { warmup: 2 } },
  decoder: [{ type: 'dense', units: 9, activation: 'tanh' }],
});
const OBJECTIVE = objectiveSchema().parse({
  corruption: { type: 'gaussian', sigma: 0.2 },
  loss: { type: 'bce' },
  penalties: { contraction: { weight: 0.1 }, l1: { weight: 0.01 }, l2: { weight: 0.02 } },
});

/** Losses and gradients of one batch, its images given some at a time, in some shares. */
async function computed(rows: number, shares: readonly { first: number; count: number }[]) {
  const graph = trainingGraph(defineAutoencoder(MODEL, SHAPE), OBJECTIVE);
  const images = lowRankImages(20, 16, 2, 5);
  const workspace = layOut(nodeEngine, [{ graph, rows }], { slotNames: [], partial: true }, 1, {
    samples: images.spec,
    most: TOTAL,
  });
  const program = await batchGradients(workspace, graph, { rows, threads: 1 });
  const order = Uint32Array.from({ length: TOTAL }, (_, row) => 19 - row);
  const place = await workspace.reader.read(images, order);
  const losses: Losses[] = [];
  const sums = workspace.groups.map(({ gradients }) => new Float64Array(gradients.length));
  for (const share of shares) {
    const batch = { total: TOTAL, step: 3, epochs: 0.5 };
    losses.push(await program.run({ place, from: share.first }, share, batch));
    for (const [i, { gradients }] of workspace.groups.entries()) {
      for (const [k, value] of workspace.arena.floats(gradients).entries()) sums[i]![k]! += value;
    }
  }
  await program.dispose();
  const loss = (name: string) => losses.reduce((sum, part) => sum + part[name]!, 0);
  return { losses: Object.keys(losses[0]!).map(loss), gradients: sums.map((sum) => [...sum]) };
}

test('however a batch is divided, losses and gradients are those of the whole', async () => {
  const whole = await computed(TOTAL, [{ first: 0, count: TOTAL }]);
  expect(whole.losses[0]).toBeGreaterThan(0);
  const divided = [
    await computed(4, [{ first: 0, count: TOTAL }]),
    await computed(1, [{ first: 0, count: TOTAL }]),
    await computed(3, [
      { first: 0, count: 5 },
      { first: 5, count: 6 },
    ]),
  ];
  for (const { losses, gradients } of divided) {
    for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(whole.losses[i]!, 5);
    for (const [i, group] of gradients.entries()) {
      const largest = Math.max(...whole.gradients[i]!.map(Math.abs));
      const off = group.map((value, k) => Math.abs(value - whole.gradients[i]![k]!) / largest);
      expect(Math.max(...off)).toBeLessThan(1e-5);
    }
  }
});
