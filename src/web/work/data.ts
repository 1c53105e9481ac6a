/** Images as they are posted to the worker, and the data set that is made of them there. */
import type { SampleSet } from '../../data/dataset.ts';
import { decodeDigits } from '../../data/digits.ts';
import { type GivenSet, samplesOfGiven } from '../../data/given.ts';
import { sampleSet, samplesOf } from '../../data/source.ts';
import { holdOut } from '../../data/splits.ts';
import { HourglassError } from '../../errors.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { imageSpec, type LabelledSource, memorySource } from '../../samples/index.ts';
import { filesAsData, type PostedFiles } from './image-files.ts';
import type { CallContext } from './serve.ts';
import { type PostedTable, samplesOfTable } from './table.ts';

/** Images of one split with their classes, as positions in the list of names. */
export interface PostedImages {
  /** Bytes [n, channels, height, width], 0 to 255. */
  readonly images: Uint8Array;
  /** The class of each image. */
  readonly labels: Uint8Array;
}

/** Images of a data set by split. */
export interface DataSplits {
  /** The name that every result carries. */
  readonly name: string;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The images that a training learns from; it may take some of them for validation. */
  readonly train: PostedImages;
  /** The data's own validation images; null if they have none. */
  readonly validation: PostedImages | null;
  /** The images that a model is measured on. */
  readonly test: PostedImages;
}

/** Everything is checked before it is posted. */
export interface PostedData {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly classes: readonly string[];
  readonly train: PostedImages;
  readonly validation: PostedImages | null;
  readonly test: PostedImages | null;
}

/** A copy of images or rows that a page has in arrays. */
export interface PostedGiven {
  readonly given: GivenSet;
}

/** What a page posts: images, images or rows in arrays, pictures or tables to be read. */
export type Posted = PostedData | PostedGiven | PostedFiles | PostedTable;

/** The share of the images that is kept for the test where there is no test split, and the seed that chooses it. */
const TEST_SHARE = 0.15;
const TEST_SEED = 1;

/**
 * @param recipe says how a table becomes a data set.
 * @param data for `digits`, the unpacked bytes of the digits that come along.
 * @throws HourglassError of kind 'data' if files cannot be read; 'interrupted' if that was stopped.
 */
export async function samplesFrom(
  data: Posted | { readonly digits: Uint8Array },
  context: Pick<CallContext, 'emit' | 'signal'>,
  recipe: Pick<Recipe, 'data'> | null = null,
): Promise<SampleSet> {
  if ('table' in data) {
    if (recipe !== null) return samplesOfTable(data, recipe, context);
    throw new HourglassError('usage', { subject: 'data.table', rule: 'has rows: read it with loadRows' });
  }
  if ('given' in data) return samplesOfGiven(data.given);
  if ('files' in data) return samplesOf(await filesAsData(data, context));
  if ('digits' in data) {
    return samplesOf(
      decodeDigits(data.digits, { file: 'mnist-10k', again: 'serve the file of dist/browser' }),
    );
  }
  const { name, classes, train, validation, test } = data;
  const sourceOf = ({ images, labels }: PostedImages): LabelledSource => ({
    ...memorySource(imageSpec(data), images),
    labels,
  });
  const all = sourceOf(train);
  requireEnough(all.count, data);
  const [kept, measured] = test === null ? divided(all) : [all, sourceOf(test)];
  return sampleSet({
    ...{ name, classes, source: 'images of the page' },
    train: kept,
    validation: validation && sourceOf(validation),
    test: measured,
  });
}

/** @throws HourglassError of kind 'data' where a split would be empty. */
function requireEnough(count: number, { validation, test }: PostedData): void {
  const taken = [...(validation === null ? ['validation'] : []), ...(test === null ? ['test'] : [])];
  if (count > taken.length) return;
  throw new HourglassError('data', {
    subject: 'data.images',
    rule: `must be at least ${taken.length + 1}: one each for ${['training', ...taken].join(', ')}`,
    got: count,
  });
}

function divided(all: LabelledSource): [LabelledSource, LabelledSource] {
  const count = Math.max(1, Math.round(TEST_SHARE * all.count));
  const { kept, heldOut } = holdOut(all, count, TEST_SEED);
  return [kept, heldOut];
}

/** All images of a data set in memory. */
export async function splitsOf(samples: SampleSet): Promise<DataSplits> {
  const { name, height, width, channels, classes, train, validation, test } = samples;
  if (train.spec.kind === 'row' || train.spec.storage !== 'uint8') {
    throw new HourglassError('usage', {
      subject: 'data',
      rule: 'are given back where they are images of bytes; those in other arrays are trained on as they are',
    });
  }
  const read = async (source: LabelledSource): Promise<PostedImages> => {
    const images = new Uint8Array(source.count * height * width * channels);
    await source.read(
      Uint32Array.from({ length: source.count }, (_, i) => i),
      images,
    );
    return { images, labels: source.labels.slice() };
  };
  return {
    ...{ name, height, width, channels, classes },
    train: await read(train),
    validation: validation && (await read(validation)),
    test: await read(test),
  };
}
