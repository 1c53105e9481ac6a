/** Many images of a model at the size of thumbnails, made a few at a time: memory stays flat however large they are. */

import { toldOwn } from '../../model/condition.ts';
import type { Model } from '../../model/model.ts';
import { type ImageKind, thumbnailSize, thumbnails } from '../../render/index.ts';

/** Values that are computed at once: 16 MB of floats. */
const VALUES = 2 ** 22;

/** Bytes [count, channels, height, width], of which 255 is 1. */
export interface Thumbnails extends ImageKind {
  images: Uint8Array;
}

/** The decoded images of codes; a conditional model is told the class of each. */
export function decodedThumbnails(
  model: Model,
  codes: Float32Array,
  classes?: readonly string[],
): Promise<Thumbnails> {
  const units = model.info.codeUnits;
  return gathered(model, codes.length / units, async (start, end) => {
    return (
      await model.decode(
        codes.subarray(start * units, end * units),
        classes && { classes: classes.slice(start, end) },
      )
    ).data;
  });
}

/** The reconstructions of images given as bytes, with their labels. */
export function reconstructedThumbnails(
  model: Model,
  images: Uint8Array,
  labels: Uint8Array,
): Promise<Thumbnails> {
  const { channels, height, width } = model.info.image;
  const values = channels * height * width;
  return gathered(model, images.length / values, async (start, end) => {
    const own = toldOwn(model, labels.subarray(start, end));
    return (await own.reconstruct(images.subarray(start * values, end * values))).data;
  });
}

async function gathered(
  model: Model,
  count: number,
  compute: (start: number, end: number) => Promise<Float32Array>,
): Promise<Thumbnails> {
  const { channels, height, width } = model.info.image;
  const kind = { channels: channels as 1 | 3, height, width };
  const size = thumbnailSize(kind);
  const small = channels * size.height * size.width;
  const images = new Uint8Array(count * small);
  const some = Math.max(1, Math.floor(VALUES / (channels * height * width)));
  for (let start = 0; start < count; start += some) {
    const values = await compute(start, Math.min(start + some, count));
    images.set(thumbnails(values, kind), start * small);
  }
  return { images, channels: kind.channels, ...size };
}
