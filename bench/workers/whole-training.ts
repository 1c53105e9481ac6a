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
  /** By the clock: an epoch's seconds with its validation, its images a second without. */
  epochs: { seconds: number; imagesPerSecond: number }[];
  /** The most the process had resident. */
  peakMiB: number;
}

const { recipe, options } = JSON.parse(process.argv[2]!) as TrainingTask;
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
const epochs: TrainingTaken['epochs'] = [];
let steps = 0;
const start = performance.now();
await train(recipe, {
  ...options,
  out: join(folder, 'run'),
  onEvent(event) {
    if (event.type !== 'epoch') return;
    const { step, seconds, imagesPerSecond } = event.row;
    epochs.push({ seconds, imagesPerSecond });
    steps = step;
  },
});
const seconds = (performance.now() - start) / 1000;
rmSync(folder, { recursive: true });
const { user, system } = process.cpuUsage();
const taken: TrainingTaken = {
  processorSeconds: (user + system) / 1e6,
  seconds,
  steps,
  epochs,
  peakMiB: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(taken));
