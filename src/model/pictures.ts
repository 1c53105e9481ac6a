/** A model of tiles that takes whole pictures: cut into windows, reconstructed one by one, and put together again. */
import { HourglassError } from '../errors.ts';
import { Blend, cut, gridOf, rowsWithin } from '../samples/index.ts';
import { labelsFor } from './classes.ts';
import { imagesOf } from './given-arrays.ts';
import type { Model } from './interface.ts';

/** Bytes of windows that are run at once. */
const BYTES = 2 ** 24;

/**
 * The model on whole pictures, if it sees them through tiles; others are as they are. Codes are of tiles: what works on codes
 * is refused, and `ofTiles` has it.
 */
export function onPictures(model: Model): Model {
  const { tiles, preprocessing, recipe } = model.info;
  if (tiles === undefined || model.ofTiles !== undefined) return model;
  const { side } = tiles;
  const { height, width, channels } = preprocessing;
  const size = { channels, height, width };
  const corners = gridOf(size, tiles);
  const [whole, part] = [channels * height * width, channels * side * side];
  const most = rowsWithin(BYTES, part, corners.length);

  const reconstruct: Model['reconstruct'] = async (given, told = {}) => {
    const pictures = imagesOf(given as Float32Array, [channels, height, width]);
    const count = pictures.length / whole;
    const labels = labelsFor(model.info, told, count);
    const result = new Float32Array(pictures.length);
    const kind = pictures instanceof Uint8Array ? Uint8Array : Float32Array;
    for (let i = 0; i < count; i++) {
      const picture = pictures.subarray(i * whole, (i + 1) * whole);
      const own = labels === null ? {} : { classes: labels.subarray(i, i + 1) };
      const blend = new Blend(size, side);
      for (let first = 0; first < corners.length; first += most) {
        const some = corners.slice(first, first + most);
        const windows = new kind(some.length * part);
        for (const [k, corner] of some.entries()) cut(picture, size, corner, side, windows, k * part);
        const { data } = await model.reconstruct(windows, own);
        for (const [k, corner] of some.entries()) blend.add(data.subarray(k * part, (k + 1) * part), corner);
      }
      blend.write(result.subarray(i * whole, (i + 1) * whole));
    }
    return { data: result, shape: [count, channels, height, width] };
  };
  const refused = async (): Promise<never> => {
    throw new HourglassError('usage', {
      subject: recipe,
      rule: `has codes of tiles of ${side} × ${side}, not of pictures: it reconstructs, denoises and finds anomalies`,
      hint: 'for codes of pictures, train without data.tiles',
    });
  };
  return {
    ...model,
    info: { ...model.info, image: size },
    ofTiles: model,
    encode: refused,
    posterior: refused,
    drawPosterior: refused,
    decode: refused,
    draw: refused,
    reconstruct,
  };
}
