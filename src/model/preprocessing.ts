/** How images are converted to a model's input, as recorded in its metadata. */
import * as z from 'zod/mini';
import {
  type Preprocessing,
  type WholePreprocessing,
  wholePreprocessing,
} from '../data/images/preprocessing.ts';
import { HourglassError } from '../errors.ts';
import type { ImageShape } from '../models/index.ts';
import type { Manifest } from '../record/index.ts';
import { requireWithin, type Tiles } from '../samples/index.ts';

/** Metadata on what is to be done to an image from outside: what was done to those it was trained on. */
export function preprocessingMetadata(dataset: Manifest['dataset']): Record<string, string> {
  const { height, width, channels, preprocessing } = dataset;
  const plain = { height, width, channels: channels as 1 | 3 };
  return { preprocessing: JSON.stringify(wholePreprocessing(preprocessing ?? plain)) };
}

const tilesSchema = z.object({
  side: z.int().check(z.minimum(1)),
  overlap: z.number().check(z.minimum(0), z.maximum(0.75)),
});

/** Metadata on the windows through which a model sees pictures; none where it sees them whole. */
export const tilesMetadata = (tiles: Tiles | undefined): Record<string, string> =>
  tiles === undefined ? {} : { tiles: JSON.stringify(tiles) };

/**
 * What a model's metadata say of its windows; null for a model that sees whole pictures.
 * @throws HourglassError (data) for nonsense, and windows of another size than its images.
 */
export function readTiles(text: string | undefined, image: ImageShape, source: string): Tiles | null {
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const { data } = tilesSchema.safeParse(value);
  if (data !== undefined && data.side === image.height && data.side === image.width) return data;
  throw new HourglassError('data', {
    subject: source,
    rule: `its metadata must describe tiles of its images, which are ${image.width} × ${image.height}`,
    got: text,
  });
}

/**
 * What a model's metadata say, the least there can be where they say nothing. Those of a model of tiles are of whole pictures.
 * @throws HourglassError (data) if they say something else than its graph, or nonsense.
 */
export function readPreprocessing(
  text: string | undefined,
  image: ImageShape,
  source: string,
  tiles: Tiles | null = null,
): WholePreprocessing {
  const channels = image.channels as 1 | 3;
  if (text === undefined && tiles === null)
    return wholePreprocessing({ height: image.height, width: image.width, channels });
  try {
    const { fit, invert, background, range, depth, ...shape } = JSON.parse(text ?? '') as WholePreprocessing;
    const { height, width } = tiles === null ? image : shape;
    const whole: Preprocessing = {
      height,
      width,
      channels,
      fit,
      invert,
      background,
      ...(range === undefined ? {} : { range }),
      ...(depth === undefined ? {} : { depth }),
    };
    if (shape.height !== height || shape.width !== width || shape.channels !== channels)
      throw new RangeError('other images');
    if (tiles !== null) requireWithin(tiles, { height, width });
    return wholePreprocessing(whole);
  } catch (cause) {
    throw new HourglassError(
      'data',
      { subject: source, rule: 'its metadata must describe how images are converted', got: text },
      { cause },
    );
  }
}
