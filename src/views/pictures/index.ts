/** A run's pictures, chosen by what its model is. */
import { histogramPicture, scatterPictures } from './codes.ts';
import { epochPictures } from './epochs.ts';
import type { Picture, PictureInput } from './input.ts';
import { latentPictures } from './latent.ts';
import { lossPictures } from './losses.ts';
import {
  anomalyPicture,
  beforeAfterPicture,
  denoisingPicture,
  reconstructionPicture,
} from './reconstructions.ts';
import { filterPictures } from './weights.ts';

/** Draws everything, one picture after the other. */
export async function* drawPictures(input: PictureInput): AsyncGenerator<Picture> {
  const denoises = input.recipe.corruption.type !== 'none';
  const ofRows = [
    () => lossPictures(input),
    () => scatterPictures(input),
    async () => [await histogramPicture(input)],
  ];
  const ofImages: (() => Promise<readonly Picture[]>)[] = [
    () => lossPictures(input),
    async () => [await reconstructionPicture(input)],
    async () => [await beforeAfterPicture(input)],
    async () => [denoises ? await denoisingPicture(input) : await anomalyPicture(input)],
    () => scatterPictures(input),
    () => latentPictures(input),
    async () => [await histogramPicture(input)],
    async () => filterPictures(input),
    () => epochPictures(input),
  ];
  const kinds = input.dataset.train.spec.kind === 'row' ? ofRows : ofImages;
  for (const [i, draw] of kinds.entries()) {
    input.onProgress?.('pictures', i / kinds.length);
    yield* await draw();
  }
}
