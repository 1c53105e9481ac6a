/**
 * A long training holds its memory: the slope over the second half, when everything has been loaded and warmed, of the
 * least that each stretch comes down to. In between it rises until the collector has run.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder, writeData } from '../support/program.ts';
import { RECIPE } from './runs.ts';

const STEPS = Number(process.env.HOURGLASS_FAULT_STEPS ?? 900_000);
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
  const least = stretches(second, 8).map((stretch) => stretch.reduce((a, b) => (b[1] < a[1] ? b : a)));
  const slope = slopeOf(least) * 1e5;
  const peak = Math.max(...samples.map(([, memory]) => memory));
  console.log(
    `memory: ${samples.at(-1)![0]} steps, peak ${peak.toFixed(0)} MiB, ${slope.toFixed(2)} MiB per 100,000 steps over the second half (resident; least squares of the least of each eighth)`,
  );
  expect(samples.at(-1)![0]).toBeGreaterThanOrEqual(STEPS);
  expect(slope).toBeLessThan(10);
});

/** A list in so many parts of one length. */
const stretches = <T>(list: readonly T[], count: number): T[][] =>
  Array.from({ length: count }, (_, i) =>
    list.slice(Math.floor((i * list.length) / count), Math.floor(((i + 1) * list.length) / count)),
  );

/** Of y on x, by least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(([x]) => x), mean(([, y]) => y)];
  return mean((point) => (point[0] - x) * (point[1] - y)) / mean((point) => (point[0] - x) ** 2);
}
