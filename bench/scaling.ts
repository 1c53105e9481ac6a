/** How training scales: its step with the batch, the threads and the images' size; an epoch with the data set's size. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { LabelledImages } from '../src/data/dataset.ts';
import { Contestant } from './contestant.ts';
import { measure } from './measure.ts';
import { sideOf } from './network.ts';
import { SIZED } from './networks.ts';
import { once } from './once.ts';
import { HOURGLASS } from './programs.ts';
import type { Setup } from './protocol.ts';
import { resized, writeIdxSet } from './sets.ts';
import { type Spread, spread } from './statistics.ts';
import type { TrainingTaken, TrainingTask } from './workers/whole-training.ts';

/** A step at one place of what is varied. */
export interface StepPoint {
  at: number;
  milliseconds: Spread;
  imagesPerSecond: number;
}

/** Training on a data set of one size. */
export interface SetPoint {
  images: number;
  /** Training time for an image, validation not counted: over all epochs. */
  microseconds: Spread;
  /** The most the whole process had resident. */
  peakMiB: number;
}

export interface Scaling {
  /** Images in a batch, dense. */
  batches: StepPoint[];
  /** Dense at batch 128. */
  threads: StepPoint[];
  /** Height and width of an image, convolutional at batch 128. */
  sides: StepPoint[];
  /** `stacked` at batch 128. */
  sets: SetPoint[];
}

const BATCHES = [16, 32, 64, 128, 256, 512, 1024];
const BATCH = 128;
const SETS = [1000, 10_000, 60_000];

interface Plan {
  rounds: number;
  threads: number;
  quick: boolean;
  /** For the files that it writes. */
  folder: string;
  log: (line: string) => void;
}

export async function measureScaling(digits: LabelledImages, plan: Plan): Promise<Scaling> {
  const data = join(plan.folder, 'scaling');
  writeFileSync(data, digits.images.subarray(0, digits.count * 28 * 28));
  const dense = {
    network: 'dense',
    data,
    images: digits.count,
    threads: plan.threads,
    seed: 1,
    quick: plan.quick,
  };
  const processors = availableParallelism();
  const counts = [1, 2, 4, 8, 16, 32, 64].filter((count) => count < processors);
  const sized = SIZED.map((network) => {
    const side = sideOf(network);
    const file = `${data}-${side}`;
    writeFileSync(file, resized(digits.images, digits.count, side));
    return { at: side, setup: { ...dense, network: network.name, data: file } };
  });
  return {
    batches: await steps('batch', [{ at: null, setup: dense }], BATCHES, plan),
    threads: await steps(
      'threads',
      [...counts, processors].map((threads) => ({ at: threads, setup: { ...dense, threads } })),
      [BATCH],
      plan,
    ),
    sides: await steps('image size', sized, [BATCH], plan),
    sets: await sets(digits, plan),
  };
}

/** Steps of hourglass in several set-ups, interleaved; where `at` is null, at several batch sizes. */
async function steps(
  what: string,
  setups: readonly { at: number | null; setup: Setup }[],
  batches: readonly number[],
  { rounds, log }: Plan,
): Promise<StepPoint[]> {
  const running: Contestant[] = [];
  try {
    for (const { at, setup } of setups) {
      const started = await Contestant.start({ ...HOURGLASS, name: String(at) }, setup);
      if (typeof started === 'string') throw new Error(`hourglass ${started}`);
      running.push(started);
    }
    const told = (line: string) => log(`scaling by ${what}: ${line}`);
    const { series } = await measure(running, { batches, rounds, lateSteps: 0, log: told });
    return series.map(({ contestant, batch, rounds, failure }) => {
      if (failure !== null) throw new Error(`scaling by ${what}: ${failure}`);
      const milliseconds = spread(rounds);
      const at = Number(JSON.parse(contestant) ?? batch);
      return { at, milliseconds, imagesPerSecond: (1000 * batch) / milliseconds.median };
    });
  } finally {
    for (const contestant of running) contestant.stop();
  }
}

async function sets(digits: LabelledImages, { folder, threads, quick, log }: Plan): Promise<SetPoint[]> {
  const points: SetPoint[] = [];
  for (const images of SETS) {
    log(`scaling by data set: ${images} images`);
    const dataDir = writeIdxSet(join(folder, `set-${images}`), digits, images);
    const set = { 'training.batchSize': BATCH };
    const task: TrainingTask = {
      recipe: 'stacked',
      options: { data: 'mnist', dataDir, epochs: quick ? 2 : 4, set, threads, tensorboard: 'none' },
    };
    const { epochs, peakMiB } = await once<TrainingTask, TrainingTaken>('whole-training', task);
    const microseconds = spread(epochs.map(({ imagesPerSecond }) => 1e6 / imagesPerSecond));
    points.push({ images, microseconds, peakMiB });
  }
  return points;
}
