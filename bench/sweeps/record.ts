/** Trains every combination of a problem's grid once and keeps the validation loss after each epoch. Minutes on one core. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { openDataset } from 'hourglass';
import { HourglassError } from '../../src/errors.ts';
import { defineAutoencoder } from '../../src/models/index.ts';
import { nodeEngine } from '../../src/node/engine/index.ts';
import { loadRecipe } from '../../src/node/recipes.ts';
import { parseRecipe } from '../../src/recipe/recipe.ts';
import { imageSpec, memorySource, rowSpec, type Source } from '../../src/samples/index.ts';
import { type Point, valuesOf } from '../../src/sweeps/index.ts';
import { createTrainer, trainingLoop } from '../../src/training/index.ts';
import { EPOCHS, keyOf, type Problem, recordedPoints, spaceOf } from './problems.ts';
import { fileOf, type Recorded } from './recorded.ts';

const SIDE = 14;
const TRAINING = 1000;
const VALIDATION = 500;
/** Significant digits that are kept. */
const DIGITS = 5;

interface Splits {
  train: Source;
  validation: Source;
  shape: { height: number; width: number; channels: number };
}

/** Adds what is not recorded yet to the problem's file. */
export async function record(problem: Problem, log: (line: string) => void): Promise<void> {
  const file = fileOf(problem.name);
  const losses: Recorded = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recorded) : {};
  const splits = await splitsOf(problem);
  const space = spaceOf(problem);
  const points = recordedPoints(problem);
  const began = performance.now();
  let trained = 0;
  for (const [i, point] of points.entries()) {
    const key = keyOf(space, point);
    if (key in losses) continue;
    losses[key] = await curveOf(problem, point, splits);
    trained++;
    if (trained % 20 === 0 || i === points.length - 1) {
      log(
        `${problem.name}: ${i + 1} of ${points.length}, ${Math.round((performance.now() - began) / trained)} ms each`,
      );
      write(file, losses);
    }
  }
  write(file, losses);
}

function write(file: string, losses: Recorded): void {
  const lines = Object.entries(losses).map(([key, curve]) => `"${key}":${JSON.stringify(curve)}`);
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
}

/** The validation loss after each epoch; it ends early where the training diverged. */
async function curveOf(
  problem: Problem,
  point: Point,
  { train, validation, shape }: Splits,
): Promise<number[]> {
  const recipe = parseRecipe(loadRecipe(problem.recipe, problem.fixed), valuesOf(spaceOf(problem), point));
  const trainer = await createTrainer(nodeEngine, {
    definition: defineAutoencoder(recipe.model, shape),
    objective: recipe,
    settings: recipe.training,
    samples: train.spec,
    seed: recipe.seed,
    threads: 1,
  });
  const curve: number[] = [];
  try {
    for await (const event of trainingLoop({ trainer, train, validation, settings: recipe.training }))
      if (event.type === 'epoch') curve.push(Number(event.metrics.validation.loss!.toPrecision(DIGITS)));
  } catch (error) {
    if (!(error instanceof HourglassError) || error.kind !== 'diverged') throw error;
  } finally {
    await trainer.dispose();
  }
  if (curve.length > EPOCHS) throw new Error(`${problem.name}: ${curve.length} epochs`);
  return curve;
}

/** The first digits that come with hourglass, each pixel the mean of four. */
async function splitsOf({ samples }: Problem): Promise<Splits> {
  const { train } = await openDataset('mnist-10k');
  const count = TRAINING + VALIDATION;
  const pixels = new Uint8Array(count * SIDE * SIDE);
  for (const i of pixels.keys()) {
    const [image, y, x] = [Math.floor(i / SIDE ** 2), Math.floor(i / SIDE) % SIDE, i % SIDE];
    const at = image * 784 + 2 * y * 28 + 2 * x;
    const four = [at, at + 1, at + 28, at + 29].map((place) => train.images[place]!);
    pixels[i] = Math.round(four.reduce((sum, value) => sum + value, 0) / 4);
  }
  if (samples === 'digits') {
    const spec = imageSpec({ height: SIDE, width: SIDE, channels: 1 });
    const from = (first: number, last: number) =>
      memorySource(spec, pixels.slice(first * SIDE ** 2, last * SIDE ** 2));
    return {
      train: from(0, TRAINING),
      validation: from(TRAINING, count),
      shape: { height: SIDE, width: SIDE, channels: 1 },
    };
  }
  return sumsOf(pixels, count);
}

/** Rows of 28 numbers, scaled by the mean and the standard deviation of the training rows. */
function sumsOf(pixels: Uint8Array, count: number): Splits {
  const columns = 2 * SIDE;
  const rows = new Float32Array(count * columns);
  for (const [i, value] of pixels.entries()) {
    const [image, y, x] = [Math.floor(i / SIDE ** 2), Math.floor(i / SIDE) % SIDE, i % SIDE];
    rows[image * columns + y]! += value / 255;
    rows[image * columns + SIDE + x]! += value / 255;
  }
  const [offset, scale] = [new Float32Array(columns), new Float32Array(columns)];
  for (let c = 0; c < columns; c++) {
    const values = Array.from({ length: TRAINING }, (_, n) => rows[n * columns + c]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / TRAINING;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / TRAINING;
    // A column that never changes is left as it is.
    [offset[c], scale[c]] = [mean, variance > 1e-6 ? Math.sqrt(variance) : 1];
  }
  const names = Array.from({ length: columns }, (_, c) => `sum ${c}`);
  const spec = rowSpec(names, { type: 'columns', offset, scale });
  const from = (first: number, last: number) =>
    memorySource(spec, rows.slice(first * columns, last * columns));
  return {
    train: from(0, TRAINING),
    validation: from(TRAINING, count),
    shape: { height: 1, width: columns, channels: 1 },
  };
}
