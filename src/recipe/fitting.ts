/** Builds a model for the images; if they do not fit the recipe, the error says what to set. */
import { HourglassError } from '../errors.ts';
import { type Definition, defineAutoencoder, type ImageShape, sideDivisor } from '../models/index.ts';
import type { Recipe } from './recipe.ts';

/** The shape of a data set's images, without what else it says. */
export const imageShape = ({ height, width, channels }: ImageShape): ImageShape => ({
  height,
  width,
  channels,
});

/** Images to train on; those of a folder can be made another size. */
interface ImageSet extends ImageShape {
  readonly folder?: unknown;
}

/** @throws HourglassError that names the layer, and of a folder of images a size that would do. */
export function modelFor({ model }: Recipe, dataset: ImageSet): Definition {
  try {
    return defineAutoencoder(model, imageShape(dataset));
  } catch (error) {
    if (!(error instanceof HourglassError) || dataset.folder === undefined) throw error;
    const { kind, parts } = error;
    const way = sizeThatFits(model, dataset);
    throw new HourglassError(kind, {
      ...parts,
      hint: way ?? `${parts.hint ?? 'change it'}, or set data.size`,
    });
  }
}

/** Sides that all strides and poolings of the encoder divide; null if the current sides are. */
function sizeThatFits({ encoder }: Recipe['model'], { height, width }: ImageShape): string | null {
  const factor = sideDivisor(encoder);
  if (height % factor === 0 && width % factor === 0) return null;
  const nearest = (side: number) => factor * Math.max(1, Math.round(side / factor));
  return `its encoder divides height and width by ${factor}: set data.size=[${nearest(height)},${nearest(width)}]`;
}
