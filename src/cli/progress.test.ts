import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { RunHeader } from '../api.ts';
import { watchTraining } from './progress.ts';
import { columnsOf } from './table.ts';

const HEADER: RunHeader = {
  ...{ folder: 'runs/a', name: 'a', recipe: 'basic', shape: '9-2-9', parameters: 40, loss: ['error'] },
  dataset: { name: 'set', source: 'here', splits: 'fixed', layout: null, samples: 'image' },
  counts: { train: 1000, validation: 10, test: 10 },
  classes: [],
  ...{ notes: [], corruption: null, optimiser: 'adam', epochs: 2, batchSize: 10, seed: 1, threads: 1 },
  ...{ device: 'cpu', epochsBefore: 0 },
};

/** What a pipe gets of two steps, and of two phases of the measuring, where a line is due every so many seconds. */
async function lines(lineEvery: number): Promise<string> {
  const out = new PassThrough();
  const watch = watchTraining(out as unknown as NodeJS.WriteStream, lineEvery);
  const step = { type: 'step', epoch: 1, steps: 100, trainingLoss: 0.25, imagesPerSecond: 50 } as const;
  watch.onEvent({ type: 'reading', read: 1500, total: 3000 });
  watch.onEvent({ type: 'start', ...HEADER });
  watch.onEvent({ ...step, step: 10 });
  watch.onEvent({ ...step, step: 20 });
  watch.onEvent({ type: 'evaluating' });
  watch.onEvent({ type: 'measuring', phase: 'PCA', share: 0.5 });
  watch.onEvent({ type: 'measuring', phase: 'pictures', share: 0 });
  await watch.close();
  return out.read().toString();
}

test('a pipe is told how far a long epoch and each phase of the measuring have come', async () => {
  const text = await lines(0);
  expect(text).toContain('reading images  1,500 of 3,000\n');
  expect(text).toContain('epoch 1/2  step 10 of 100  training loss 0.25000  50 images/s  38 s left\n');
  expect(text).toContain('measuring  PCA  50 %\nmeasuring  pictures\n');
});

test('a pipe gets no more than a line every few seconds', async () => {
  const text = await lines(3600);
  expect(text).toContain('run       runs/a');
  expect(text).not.toMatch(/step \d|measuring {2}|reading/);
});

/** What a terminal of some width shows of a training's header and of one step. */
async function terminal(columns: number): Promise<string[]> {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns, cursorTo() {}, clearLine() {} });
  const watch = watchTraining(out as unknown as NodeJS.WriteStream);
  const loss = [
    'squared error, summed over pixels, mean over images',
    '4 · KL divergence, summed over units',
  ];
  watch.onEvent({ type: 'start', ...HEADER, loss, notes: ['a remark that takes more than forty columns'] });
  watch.onEvent({ type: 'step', epoch: 1, step: 1, steps: 9, trainingLoss: 204.0754, imagesPerSecond: 1 });
  await watch.close();
  const control = /(?:\[[\d;?]*[A-Za-z]|[78])/.source;
  return String(out.read()).split(new RegExp(`${String.fromCharCode(27)}${control}|[\\r\\n]`));
}

test.each([40, 60, 80, 200])('the header and the bar fit a terminal of %i columns', async (columns) => {
  const lines = await terminal(columns);
  for (const line of lines) expect(columnsOf(line), line).toBeLessThanOrEqual(columns);
  const bar = lines.find((line) => line.includes('░'));
  expect(bar).toMatch(columns < 60 ? /epoch 1\/2$/ : /epoch 1\/2 {2}loss 204\.08 .*31 min 29 s left/);
});
