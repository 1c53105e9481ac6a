/** How images are converted to a model's input, as recorded in its metadata. */
import {
  type Preprocessing,
  type WholePreprocessing,
  wholePreprocessing,
} from '../data/images/preprocessing.ts';
import { HourglassError } from '../errors.ts';
import type { ImageShape } from '../models/index.ts';
import type { Manifest } from '../record/index.ts';

/** Metadata on what is to be done to an image from outside: what was done to those it was trained on. */
export function preprocessingMetadata(dataset: Manifest['dataset']): Record<string, string> {
  const { height, width, channels, preprocessing } = dataset;
  const plain = { height, width, channels: channels as 1 | 3 };
  return { preprocessing: JSON.stringify(wholePreprocessing(preprocessing ?? plain)) };
}

/**
 * What a model's metadata say, the least there can be where they say nothing.
 * @throws HourglassError (data) if they say something else than its graph, or nonsense.
 */
export function readPreprocessing(
  text: string | undefined,
  image: ImageShape,
  source: string,
): WholePreprocessing {
  const { height, width } = image;
  const channels = image.channels as 1 | 3;
  if (text === undefined) return wholePreprocessing({ height, width, channels });
  try {
    const { fit, invert, background, range, depth, ...shape } = JSON.parse(text) as WholePreprocessing;
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
    return wholePreprocessing(whole);
  } catch (cause) {
    throw new HourglassError(
      'data',
      { subject: source, rule: 'its metadata must describe how images are converted', got: text },
      { cause },
    );
  }
}
