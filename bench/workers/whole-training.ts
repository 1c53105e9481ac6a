/** A whole training, as `train` does it, and what it took. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TrainOptions, train } from 'hourglass';

export interface TrainingTask {
  recipe: string;
  options: TrainOptions;
}

export interface TrainingTaken {
  /** Processor seconds of the whole process: what does not depend on who else uses the machine. */
  processorSeconds: number;
  /** By the clock, from the call to its end. */
  seconds: number;
  steps: number;
  /** Of each epoch, validation not counted. */
  imagesPerSecond: number[];
  /** The most the process had resident. */
  peakMiB: number;
}

const { recipe, options } = JSON.parse(process.argv[2]!) as TrainingTask;
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
const imagesPerSecond: number[] = [];
let steps = 0;
const start = performance.now();
await train(recipe, {
  ...options,
  out: join(folder, 'run'),
  onEvent(event) {
    if (event.type !== 'epoch') return;
    imagesPerSecond.push(event.row.imagesPerSecond);
    steps = event.row.step;
  },
});
const seconds = (performance.now() - start) / 1000;
rmSync(folder, { recursive: true });
const { user, system } = process.cpuUsage();
const taken: TrainingTaken = {
  processorSeconds: (user + system) / 1e6,
  seconds,
  steps,
  imagesPerSecond,
  peakMiB: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(taken));
