/** The images that a model's run was trained and tested on, for uses that search among them. */

import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ImageBatch } from '../data/images/index.ts';
import { MODEL_FOLDER } from '../model/content.ts';
import { openRunData, type SessionData } from '../runs/index.ts';
import { readScaled, rowsWithin } from '../samples/index.ts';

export interface OwnImages {
  /** The data set's name. */
  dataset: string;
  /** In the split's order, as the model takes them. May be gone through more than once. */
  batches: AsyncIterable<ImageBatch>;
}

/** Images of a batch: as many as take up so many bytes as floats, but no more than this. */
const BATCH = 256;
const BATCH_BYTES = 2 ** 26;

/**
 * A split of a run's own data, from the folder that the run recorded, by the path of the run or of its model; null if
 * the path belongs to no run.
 * @throws HourglassError if the data are missing or others than the run's.
 */
export async function ownImages(
  path: string,
  split: 'train' | 'test',
  options: SessionData = {},
): Promise<OwnImages | null> {
  const run = await runOf(path);
  if (run === null) return null;
  const { dataset, values } = await openRunData(run, options);
  const source = dataset[split];
  const { labels, count, names } = source;
  const batch = rowsWithin(BATCH_BYTES, values, BATCH);
  const nameOf = (place: number) =>
    names === undefined || dataset.folder === undefined
      ? `${dataset.name}:${split}[${place}]`
      : join(dataset.folder.filesIn, names[place]!);
  return {
    dataset: dataset.name,
    batches: {
      async *[Symbol.asyncIterator]() {
        for (let start = 0; start < count; start += batch) {
          const places = Array.from({ length: Math.min(batch, count - start) }, (_, i) => start + i);
          yield {
            names: places.map(nameOf),
            classes: places.map((place) => dataset.classes[labels[place]!] ?? null),
            values: await readScaled(source, Uint32Array.from(places)),
          };
        }
      },
    },
  };
}

/** The run that a path is of: its folder, or its model's folder or file within it. */
async function runOf(path: string): Promise<string | null> {
  const whole = resolve(path);
  const folder = whole.endsWith('.onnx') ? dirname(whole) : whole;
  const candidates = basename(folder) === MODEL_FOLDER ? [folder, dirname(folder)] : [folder];
  for (const candidate of candidates) {
    const found = await stat(join(candidate, 'run.json')).catch(() => null);
    if (found?.isFile()) return candidate;
  }
  return null;
}
