/** A long training holds its memory: the slope over the second half, when everything has been loaded and warmed. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder, writeData } from '../support/program.ts';
import { RECIPE } from './runs.ts';

const STEPS = Number(process.env.HOURGLASS_FAULT_STEPS ?? 300_000);
const STEPS_PER_EPOCH = 500;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  // A tenth is held out.
  await writeData(join(folder, 'data'), 1, { train: Math.round((STEPS_PER_EPOCH * 8) / 0.9), test: 100 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(`${STEPS} steps hold the memory`, async () => {
  const samples: [step: number, mebibytes: number][] = [];
  await train(RECIPE, {
    dataDir: join(folder, 'data'),
    offline: true,
    threads: 1,
    epochs: Math.ceil(STEPS / STEPS_PER_EPOCH),
    out: join(folder, 'long'),
    onEvent: (event) => {
      if (event.type === 'epoch') samples.push([event.row.step, process.memoryUsage().rss / 2 ** 20]);
    },
  });
  const second = samples.slice(samples.length >> 1);
  const slope = slopeOf(second) * 1e5;
  const peak = Math.max(...samples.map(([, memory]) => memory));
  console.log(
    `memory: ${samples.at(-1)![0]} steps, peak ${peak.toFixed(0)} MiB, ${slope.toFixed(2)} MiB per 100,000 steps over the second half (resident, least squares of ${second.length} points)`,
  );
  expect(samples.at(-1)![0]).toBeGreaterThanOrEqual(STEPS);
  expect(slope).toBeLessThan(10);
});

/** Of y on x, by least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(([x]) => x), mean(([, y]) => y)];
  return mean((point) => (point[0] - x) * (point[1] - y)) / mean((point) => (point[0] - x) ** 2);
}
