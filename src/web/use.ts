/**
 * hourglass for using trained models and nothing else: small, for pages, and for Node, Bun and Deno without native
 * libraries.
 *
 * ```ts
 * import { loadModel, sample } from 'hourglass/use';
 *
 * const model = await loadModel('runs/vae');
 * const { images } = await sample(model, 16);
 * console.log(images.shape); // [ 16, 1, 28, 28 ]
 * ```
 *
 * @module hourglass/use
 */
export { EXIT_CODES, HourglassError } from '../errors.ts';
export { loadModel } from './page/load-alone.ts';
export type * from './page/types.ts';
export {
  addNoise,
  anomaly,
  decodeIntegers,
  denoise,
  encodeIntegers,
  interpolate,
  manifold,
  sample,
} from './page/uses.ts';
