/** Images for a model, from any source: a stream of batches in flat memory. */

import { availableParallelism } from 'node:os';
import { HourglassError } from '../../errors.ts';
import { rowsWithin } from '../../samples/index.ts';
import { FORMATS, listed } from './formats.ts';
import type { ConvertedImage } from './image-file.ts';
import { LeftOut } from './left-out.ts';
import { mapInOrder } from './order.ts';
import { describeConversion, type Preprocessing, wholePreprocessing } from './preprocessing.ts';
import { type Bad, imagesOf, type Pending, type SourceContext, type SourceOptions } from './sources.ts';

/** Some images of a stream, in one array. */
export interface ImageBatch {
  /** A name for each: its path, with its position (`digits.npy[17]`) if a file or a set holds many. */
  names: string[];
  /**
   * Shape [n, channels, height, width]. Bytes, or floats in [0, 1] if the images came as floats of the right size and
   * colour. `Model` takes either.
   */
  values: Uint8Array | Float32Array;
  /** The class of each, if known: a data set's class, the sub-folder it is in, a CSV's label. */
  classes: (string | null)[];
}

/** A batch, and how far the inputs were read for it. */
export interface ReadBatch extends ImageBatch {
  /** Images of the inputs up to the last one of this batch, bad ones included. */
  read: number;
}

/** Where an earlier stream of the same inputs ended: after so many images, the last of which had this name. */
export interface ReadBefore {
  read: number;
  last: string;
}

const BATCH_BYTES = 2 ** 26;

/** How a stream of images is read. */
export interface ImageOptions extends SourceOptions {
  /** The most images in a batch; default 256, and fewer if they would take up more than 64 MiB as floats. */
  batch?: number;
  /** Whether a bad file ends the stream with its error (default), or is reported to `onSkip` and skipped. */
  onBad?: 'stop' | 'skip';
  /** Called for each bad file that is skipped. */
  onSkip?: (error: HourglassError) => void;
  /** Called once for each kind of conversion, with text like "28 × 28 grey from 300 × 200 RGB: …", and for left-out files. */
  onNote?: (note: string) => void;
}

/**
 * Images, converted for a model, always in the same order.
 *
 * @param inputs each a folder (with all below it), a file (a picture; IDX, NPY, CSV, gzipped or not), a glob,
 * `-` for standard input, or a data set's split such as `mnist-10k:test`. A file's format is recognised by its first bytes.
 * @param want size, colours and how images are converted; see {@link Preprocessing}.
 * @throws HourglassError of kind `usage` for a setting; `data` for an input that does not exist, for the first bad file if
 * `onBad` is `stop`, and if there was no image at all.
 *
 * @example
 * ```ts
 * import { loadModel, openImages } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * for await (const { names, values } of openImages(['photos'], model.info.preprocessing, { onBad: 'skip' })) {
 *   const codes = await model.encode(values);
 *   console.log(names[0], codes.shape);
 * }
 * ```
 */
export async function* openImages(
  inputs: readonly string[],
  want: Preprocessing,
  options: ImageOptions = {},
): AsyncGenerator<ImageBatch, void, undefined> {
  for await (const { names, values, classes } of readImages(inputs, want, options))
    yield { names, values, classes };
}

/** The same, from a place in the inputs on: images before it are not decoded. */
export async function* readImages(
  inputs: readonly string[],
  want: Preprocessing,
  options: ImageOptions = {},
  before: ReadBefore = { read: 0, last: '' },
): AsyncGenerator<ReadBatch, void, undefined> {
  const { height, width, channels } = want;
  const { batch = rowsWithin(BATCH_BYTES, height * width * channels, 256) } = options;
  const { onBad = 'stop', onSkip, onNote } = options;
  check(inputs, batch, onBad);
  const context: SourceContext = {
    want: wholePreprocessing(want),
    options,
    leftOut: new LeftOut(),
    passing: { left: before.read },
    note: (text) => onNote?.(text),
  };
  const noted = new Set<string>();
  let collected: Collected[] = [];
  let total = before.read;
  let place = before.read;
  let read = before.read;
  const images = behind(every(inputs, context), context.passing, before);
  for await (const result of mapInOrder(images, convert, 2 * availableParallelism())) {
    place++;
    if ('error' in result) {
      if (onBad === 'stop') throw result.error;
      onSkip?.(result.error);
      continue;
    }
    const { conversion } = result;
    const kind = [conversion.from.colours, ...conversion.steps].join();
    if (conversion.steps.length > 0 && !noted.has(kind)) {
      noted.add(kind);
      onNote?.(describeConversion(conversion, want));
    }
    if (collected.length === batch || (collected.length > 0 && isFloat(collected[0]!) !== isFloat(result))) {
      yield { ...joined(collected), read };
      collected = [];
    }
    collected.push(result);
    total++;
    read = place;
  }
  if (collected.length > 0) yield { ...joined(collected), read };
  for (const note of context.leftOut.notes()) onNote?.(note);
  if (total > 0) return;
  throw new HourglassError('data', {
    subject: inputs.join(' '),
    rule: 'must hold at least one image that can be read',
    got: 'none',
    hint: `a folder is searched for ${listed(FORMATS)} files; name arrays and tables one by one`,
  });
}

/** Images behind those that were read before. @throws HourglassError (data) if the last of these is another now. */
async function* behind(
  images: AsyncIterable<Pending | Bad>,
  passing: { left: number },
  { read, last }: ReadBefore,
): AsyncGenerator<Pending | Bad> {
  for await (const image of images) {
    if (passing.left === 0) {
      yield image;
      continue;
    }
    passing.left--;
    const name = 'name' in image ? image.name : 'one that cannot be read';
    if (passing.left === 0 && name !== last) throw others(last, name);
  }
  if (passing.left > 0)
    throw others(last, `an end after ${(read - passing.left).toLocaleString('en')} images`);
}

/** The error of inputs that changed since an earlier command. */
const others = (last: string, got: string): HourglassError =>
  new HourglassError('data', {
    subject: last,
    rule: 'must be where it was when the command that is continued read it',
    got,
    hint: 'give the same inputs, or start over: --force without --resume',
  });

function check(inputs: readonly string[], batch: number, onBad: string): void {
  const refuse = (subject: string, rule: string, got: unknown) =>
    new HourglassError('usage', { subject, rule, got });
  if (inputs.length === 0) throw refuse('images', 'must be named: a folder, files or a data set', 'nothing');
  if (!(Number.isInteger(batch) && batch > 0)) throw refuse('batch', 'must be a whole number above 0', batch);
  if (onBad !== 'stop' && onBad !== 'skip') throw refuse('onBad', 'must be stop or skip', onBad);
  if (inputs.filter((input) => input === '-').length > 1)
    throw refuse('images', "can name standard input ('-') only once", inputs.join(' '));
}

type Collected = ConvertedImage & Pick<Pending, 'name' | 'class'>;

const isFloat = ({ values }: Collected): boolean => values instanceof Float32Array;

function joined(images: readonly Collected[]): ImageBatch {
  const size = images[0]!.values.length;
  const all = isFloat(images[0]!) ? Float32Array : Uint8Array;
  const values = new all(images.length * size);
  for (const [i, image] of images.entries()) values.set(image.values, i * size);
  return { names: images.map(({ name }) => name), values, classes: images.map((image) => image.class) };
}

/** The images of all inputs; an input that fails as a whole counts as one bad file. */
async function* every(inputs: readonly string[], context: SourceContext): AsyncGenerator<Pending | Bad> {
  for (const input of inputs) {
    try {
      yield* imagesOf(input, context);
    } catch (error) {
      if (!(error instanceof HourglassError) || error.kind !== 'data') throw error;
      yield { error };
    }
  }
}

/** A bad file is a result like any other: whether it ends the stream is decided in its turn. */
async function convert(image: Pending | Bad): Promise<Collected | Bad> {
  if ('error' in image) return image;
  try {
    return { name: image.name, class: image.class, ...(await image.values()) };
  } catch (error) {
    if (error instanceof HourglassError) return { error };
    throw error;
  }
}
