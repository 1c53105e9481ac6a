/**
 * hourglass for using trained models and nothing else: small, for pages, and for Node, Bun and Deno without native
 * libraries.
 *
 * ```ts
 * import { loadModel, sample } from 'hourglass/use';
 *
 * const model = await loadModel('models/digits');
 * const { images } = await sample(model, 16);
 * ```
 *
 * @module hourglass/use
 */
export type { FloatArray } from '../engine/index.ts';
export { type ErrorKind, type ErrorParts, EXIT_CODES, HourglassError } from '../errors.ts';
export type { PageImages } from './page/images.ts';
export { loadModel } from './page/load-alone.ts';
export type { ModelSource, PageModel } from './page/model.ts';
export { addNoise, anomaly, denoise, interpolate, manifold, sample } from './page/uses.ts';
export type { Drawable, Picture, Pixels } from './pixels.ts';
