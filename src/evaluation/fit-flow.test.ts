import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { drawFlow } from '../model/samplers/draw-flow.ts';
import { isFlow } from '../model/samplers/flow-file.ts';
import { normal } from '../nn/testing.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { fitFlow } from './fit-flow.ts';

/** A ring, which one Gaussian cannot be. */
function ring(count: number) {
  const draw = random(1);
  const means = new Float32Array(count * 2);
  for (let n = 0; n < count; n++) {
    const angle = 2 * Math.PI * draw();
    means.set([5 + 2 * Math.cos(angle) + 0.05 * normal(draw), 2 * Math.sin(angle)], 2 * n);
  }
  return { means, sigmas: new Float32Array(count * 2).fill(0.2) };
}

const BASE = {
  ...{ note: '', logLikelihood: 0, tried: [], weights: [1], means: [[5, 0]], range: null },
  covariances: [[[2], [0, 2]]],
};

test('a flow bends a Gaussian into a ring: held-out codes gain by it, and draws are there', async () => {
  const settings = { seed: 1, threads: 1, onProgress: () => {} };
  const flow = await fitFlow(ring(1500), 2, BASE, settings);
  expect(isFlow(flow, 2)).toBe(true);
  expect(flow.gain).toBeGreaterThan(0.2);
  expect(flow.note).toContain('1,350 posteriors of training images: ln p of held-out codes is');
  const { data } = drawFlow(nodeEngine, flow, 400, 3);
  const radii = Array.from({ length: 400 }, (_, n) => Math.hypot(data[2 * n]! - 5, data[2 * n + 1]!));
  const near = radii.filter((radius) => Math.abs(radius - 2) < 0.7).length / 400;
  const before = Math.exp(-(1.3 ** 2) / 4) - Math.exp(-(2.7 ** 2) / 4);
  expect(near).toBeGreaterThan(before + 0.15);
  const single = { means: new Float32Array(9), sigmas: new Float32Array(9) };
  await expect(fitFlow(single, 1, BASE, settings)).rejects.toThrow('is for codes of two or more units');
}, 60_000);
