/** Builds a model for the images; if they do not fit the recipe, the error says what to set. */
import { HourglassError } from '../errors.ts';
import {
  beginsAtMean as beginsIn,
  type Definition,
  defineAutoencoder,
  examplesWanted as examplesIn,
  type ImageShape,
  sideDivisor,
} from '../models/index.ts';
import type { Recipe } from './recipe.ts';

/** The shape of a data set's images, without what else it says. */
export const imageShape = ({ height, width, channels }: ImageShape): ImageShape => ({
  height,
  width,
  channels,
});

/** Whether its first weights hold the mean of the training images. */
export const beginsAtMean = ({ model }: Recipe): boolean => beginsIn(model);

/** How many training images its first weights can hold, as the images of a VampPrior. */
export const examplesWanted = ({ model }: Recipe): number => examplesIn(model);

/** Images to train on; those of a folder can be made another size. */
interface ImageSet extends ImageShape {
  readonly folder?: unknown;
}

/** @throws HourglassError that names the layer, and of a folder of images a size that would do. */
export function modelFor({ model, data }: Recipe, dataset: ImageSet): Definition {
  try {
    return defineAutoencoder(model, imageShape(dataset));
  } catch (error) {
    if (!(error instanceof HourglassError)) throw error;
    const { kind, parts } = error;
    const divisor = sideDivisor(model.encoder);
    const isDivided = dataset.height % divisor === 0 && dataset.width % divisor === 0;
    if (dataset.folder === undefined) {
      if (isDivided) throw error;
      const hint = `its encoder divides height and width by ${divisor}, and these images stay ${dataset.width} × ${dataset.height}: choose another recipe, such as conv, or fewer strides and poolings`;
      throw new HourglassError(kind, { ...parts, hint });
    }
    const way = isDivided ? null : sizeThatFits(divisor, dataset, data.tiles);
    throw new HourglassError(kind, {
      ...parts,
      hint:
        way ??
        `${parts.hint ?? 'change it'}, or set ${data.tiles === undefined ? 'data.size' : 'data.tiles.side'}`,
    });
  }
}

/** Sides that all strides and poolings of the encoder divide. */
function sizeThatFits(divisor: number, { height, width }: ImageShape, tiles: object | undefined): string {
  const nearest = (side: number) => divisor * Math.max(1, Math.round(side / divisor));
  const sides =
    tiles === undefined
      ? `data.size=[${nearest(height)},${nearest(width)}]`
      : `data.tiles.side=${nearest(height)}`;
  return `its encoder divides height and width by ${divisor}: set ${sides}`;
}
