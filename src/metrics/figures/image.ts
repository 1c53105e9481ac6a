/** Samples that are images. */
import type { PlanarShape } from '../structure.ts';
import type { MeasuredSamples } from './figure.ts';

export const isImage = ({ kind }: MeasuredSamples): boolean => kind === 'image';

/** @throws RangeError for samples that are not images: a figure's `appliesTo` comes first. */
export function planarShape({ kind, shape }: MeasuredSamples): PlanarShape {
  const [channels, height, width, ...rest] = shape;
  if (
    kind !== 'image' ||
    channels === undefined ||
    height === undefined ||
    width === undefined ||
    rest.length > 0
  )
    throw new RangeError(`samples of the kind '${kind}' and shape ${shape.join(' × ')} are not images`);
  return { channels, height, width };
}
