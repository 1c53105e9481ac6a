/** A run's pictures, chosen by what its model is. */
import { isLocalCorruption } from '../../models/index.ts';
import { inWordsFor } from '../../samples/index.ts';
import { frequencyPictures, histogramPicture, scatterPictures } from './codes.ts';
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

/** The texts of a picture. */
const TEXTS = /(?<=>)[^<]+/g;

/** Draws everything, one picture after the other. */
export async function* drawPictures(input: PictureInput): AsyncGenerator<Picture> {
  const { corruption } = input.recipe;
  const denoises = corruption.type !== 'none';
  // Made defects are noise and what is to be found.
  const finds = !denoises || isLocalCorruption(corruption);
  const ofRows = [
    () => lossPictures(input),
    () => scatterPictures(input),
    async () => [await histogramPicture(input)],
    () => frequencyPictures(input),
  ];
  const ofImages: (() => Promise<readonly Picture[]>)[] = [
    () => lossPictures(input),
    async () => [await reconstructionPicture(input)],
    async () => [await beforeAfterPicture(input)],
    async () => (denoises ? [await denoisingPicture(input)] : []),
    async () => (finds ? [await anomalyPicture(input)] : []),
    () => scatterPictures(input),
    () => latentPictures(input),
    async () => [await histogramPicture(input)],
    () => frequencyPictures(input),
    async () => filterPictures(input),
    () => epochPictures(input),
  ];
  const isOfRows = input.dataset.train.spec.kind === 'row';
  const kinds = isOfRows ? ofRows : ofImages;
  for (const [i, draw] of kinds.entries()) {
    input.onProgress?.('pictures', i / kinds.length);
    const names = [input.dataset.name, input.recipe.name];
    for (const picture of await draw()) {
      yield isOfRows
        ? { ...picture, svg: picture.svg.replace(TEXTS, (text) => inWordsFor('row', text, names)) }
        : picture;
    }
  }
}
