/** A conditional model that is told its classes beforehand: everything that works on a model works on it. */
import { labelsFor, type Told } from './classes.ts';
import type { Model } from './interface.ts';

/**
 * A conditional model that is told these classes in each call: it is used as a model without a condition.
 * @throws HourglassError (usage) as {@link labelsFor}, for a single class at once, for others in each call.
 */
export function told(model: Model, { classes }: Told): Model {
  const { info } = model;
  if (classes === undefined && info.condition === null) return model;
  const given: Told = classes === undefined ? {} : { classes };
  if (classes === undefined || typeof classes !== 'object') labelsFor(info, given, 1);
  return {
    ...model,
    info: { ...info, condition: null },
    ...(model.ofTiles === undefined ? {} : { ofTiles: told(model.ofTiles, given) }),
    encode: (images) => model.encode(images, given),
    posterior: (images) => model.posterior(images, given),
    drawPosterior: (images, draws) => model.drawPosterior(images, { ...draws, ...given }),
    decode: (codes) => model.decode(codes, given),
    reconstruct: (images) => model.reconstruct(images, given),
  };
}

/** The same for samples with labels of a data set: a model without a condition is not told them. */
export const toldOwn = (model: Model, labels: Uint8Array): Model =>
  model.info.condition === null ? model : told(model, { classes: labels });
