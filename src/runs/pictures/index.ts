/** A run's pictures, chosen by what its model is. */
import { join } from 'node:path';
import { histogramPicture, scatterPictures } from './codes.ts';
import { epochPictures } from './epochs.ts';
import { PICTURES_FOLDER, type Picture, type PictureInput, savePicture } from './input.ts';
import { latentPictures } from './latent.ts';
import { lossPictures } from './losses.ts';
import {
  anomalyPicture,
  beforeAfterPicture,
  denoisingPicture,
  reconstructionPicture,
} from './reconstructions.ts';
import { filterPictures } from './weights.ts';

/** Draws everything into the run's folder and returns the paths of the PNG files. */
export async function drawPictures(input: PictureInput): Promise<string[]> {
  const folder = join(input.run, PICTURES_FOLDER);
  const denoises = input.recipe.corruption.type !== 'none';
  const kinds: (() => Promise<readonly Picture[]>)[] = [
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
  const files: string[] = [];
  for (const [i, draw] of kinds.entries()) {
    input.onProgress?.('pictures', i / kinds.length);
    for (const picture of await draw()) files.push(await savePicture(folder, picture));
  }
  return files;
}
