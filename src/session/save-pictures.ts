/** Pictures as files of a run's folder. What draws them is loaded when something is drawn. */
import { join } from 'node:path';
import { runFiles, writeWhole } from '../store/index.ts';
import type { Picture, PictureInput, ProbeAccuracy } from '../views/index.ts';

export const PICTURES_FOLDER = 'pictures';

/** Writes a picture as SVG and PNG and returns the path of the PNG. */
export async function savePicture(folder: string, { name, svg }: Picture): Promise<string> {
  const { svgToPng } = await import('../raster/index.ts');
  const file = join(folder, `${name}.png`);
  await writeWhole(join(folder, `${name}.svg`), svg);
  await writeWhole(file, await svgToPng(svg));
  return file;
}

/** Draws everything into the run's folder and returns the paths of the PNG files. */
export async function savePictures(run: string, input: Omit<PictureInput, 'epochPage'>): Promise<string[]> {
  const { drawPictures } = await import('../views/index.ts');
  const { readEpoch } = await import('./kept-epochs.ts');
  const folder = join(run, PICTURES_FOLDER);
  const files: string[] = [];
  for await (const picture of drawPictures({
    ...input,
    epochPage: (epoch) => readEpoch(runFiles(run), epoch),
  }))
    files.push(await savePicture(folder, picture));
  return files;
}

/**
 * Draws the probe accuracies of several runs as bars, as SVG and PNG, and returns the path of the PNG.
 *
 * @param folder the folder to write into; it is created if it does not exist.
 * @param pixels the accuracy on the pixels themselves, from {@link probePixels}: a line across the bars.
 *
 * @example
 * ```ts
 * import { drawProbes } from 'hourglass';
 *
 * const file = await drawProbes('compared', [{ name: 'digits', accuracy: 0.91 }], 0.88);
 * console.log(file); // compared/probes.png
 * ```
 */
export async function drawProbes(
  folder: string,
  accuracies: readonly ProbeAccuracy[],
  pixels: number,
): Promise<string> {
  const { probePicture } = await import('../views/index.ts');
  return savePicture(folder, probePicture(accuracies, pixels));
}
