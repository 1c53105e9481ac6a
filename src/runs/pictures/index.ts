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

/** Draws everything into the run's folder and gives the paths of the PNG files. */
export async function drawPictures(input: PictureInput): Promise<string[]> {
  const folder = join(input.run, PICTURES_FOLDER);
  const files: string[] = [];
  const save = async (pictures: readonly Picture[]) => {
    for (const picture of pictures) files.push(await savePicture(folder, picture));
  };
  const denoises = input.recipe.corruption.type !== 'none';
  await save(await lossPictures(input));
  await save([await reconstructionPicture(input), await beforeAfterPicture(input)]);
  await save([denoises ? await denoisingPicture(input) : await anomalyPicture(input)]);
  await save(await scatterPictures(input));
  await save(await latentPictures(input));
  await save([await histogramPicture(input)]);
  await save(filterPictures(input));
  await save(await epochPictures(input));
  return files;
}
