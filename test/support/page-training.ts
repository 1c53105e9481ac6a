/** A small training that a page and Node both carry out: its images, and what Node gets. */
import { nodeEngine } from '../../dist/node/engine/index.js';
import { Steering } from '../../dist/session/steering.js';
import { runTraining, type TrainStart } from '../../dist/web/work/train.js';
import { loadRecipe } from '../../src/node/recipes.ts';
import { blobs } from '../golden/steps.ts';

export const SHAPE = { height: 12, width: 12, channels: 1 } as const;
export const COUNTS = { train: 192, test: 24 };
export const images = blobs(COUNTS.train + COUNTS.test, SHAPE);
export const pixels = SHAPE.height * SHAPE.width;

const split = (from: number, count: number) => ({
  images: images.subarray(pixels * from, pixels * (from + count)),
  labels: new Uint8Array(count),
});

const OWN: TrainStart['data'] = {
  ...SHAPE,
  name: 'images',
  classes: [''],
  train: split(0, COUNTS.train),
  validation: null,
  test: split(COUNTS.train, COUNTS.test),
};

/** The losses of an epoch. */
export interface Row {
  training: { loss: number };
  validation: { loss: number };
}

/** The same training on Node's engine: the rows of its epochs, and the model. */
export async function onNode(recipe: string, set: Record<string, unknown>, data: TrainStart['data'] = OWN) {
  const rows: Row[] = [];
  const start: TrainStart = {
    ...{ recipe: loadRecipe(recipe), set, threads: 2, hasSnapshots: false },
    data,
  };
  const surroundings = {
    openEngine: async () => nodeEngine,
    loadRecipe: async () => ({}),
    loadDigits: async () => new Uint8Array(),
    version: '0',
  };
  const emit = (event: unknown) => {
    if ((event as { type: string }).type === 'epoch') rows.push((event as { row: Row }).row);
  };
  const { signal } = new AbortController();
  const result = await runTraining(
    { emit, emitSnapshot: () => {}, signal, steering: new Steering() },
    start,
    surroundings,
  );
  return { rows, model: result.model };
}
