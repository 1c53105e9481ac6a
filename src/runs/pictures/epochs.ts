/** The same hundred test images after one epoch and another: kept as training goes on, drawn at its end. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePng, encodePng } from '../../codecs/png.ts';
import type { Dataset } from '../../data/dataset.ts';
import { imageGrids } from '../../render/index.ts';
import { writeWhole } from '../../store/index.ts';
import type { Model } from '../model.ts';
import { firstImages, type Picture, type PictureInput } from './input.ts';

const FOLDER = 'epochs';
const SIDE = 10;

/** Epochs whose grids are kept: the first few, then ever fewer, and always the last. */
export function isSampled(epoch: number, epochs: number): boolean {
  const digit = epoch / 10 ** Math.floor(Math.log10(epoch));
  return epoch === epochs || [1, 2, 3, 5].includes(digit);
}

const fileOf = (run: string, epoch: number) =>
  join(run, FOLDER, `epoch-${String(epoch).padStart(6, '0')}.png`);

/** Keeps what a model makes of the first hundred test images, as one grey picture: white is the background. */
export async function keepEpoch(run: string, epoch: number, dataset: Dataset, model: Model): Promise<void> {
  const { height, width } = dataset;
  const { images, count } = firstImages(dataset, dataset.test, SIDE ** 2);
  const { data } = await model.reconstruct(images);
  const grey = Uint8Array.from(data, (value) => Math.round(255 * (1 - Math.min(1, Math.max(0, value)))));
  const page = new Uint8Array(SIDE * height * SIDE * width).fill(255);
  forEachRow(dataset, count, (image, row) => page.set(grey.subarray(image, image + width), row));
  const picture = { height: SIDE * height, width: SIDE * width, channels: 1 as const, data: page };
  await writeWhole(fileOf(run, epoch), encodePng(picture));
}

/** Where each row of each image begins: among the images, and on the page. */
function forEachRow(
  { height, width }: Dataset,
  count: number,
  visit: (image: number, page: number) => void,
): void {
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < height; y++) {
      const row = Math.floor(i / SIDE) * height + y;
      visit((i * height + y) * width, (row * SIDE + (i % SIDE)) * width);
    }
  }
}

/** The grids that were kept beside the images themselves. */
export async function epochPictures({ run, recipe, dataset, metrics }: PictureInput): Promise<Picture[]> {
  const { height, width } = dataset;
  const { images, count } = firstImages(dataset, dataset.test, SIDE ** 2);
  const grids: { caption: string; images: Float32Array }[] = [];
  for (const { epoch } of metrics) {
    const file = fileOf(run, epoch);
    const bytes = await readFile(file).catch(() => null);
    if (bytes === null) continue;
    const page = decodePng(bytes, file);
    if (page.channels !== 1 || page.width !== SIDE * width || page.height !== SIDE * height) continue;
    const grid = new Float32Array(images.length);
    forEachRow(dataset, count, (image, row) => {
      for (let x = 0; x < width; x++) grid[image + x] = 1 - page.data[row + x]! / 255;
    });
    grids.push({ caption: `epoch ${epoch}`, images: grid });
  }
  if (grids.length === 0) return [];
  const blank = (grid: Float32Array) => {
    const whole = new Float32Array(SIDE ** 2 * height * width);
    whole.set(grid);
    return whole;
  };
  // A dozen at most: the first ones, where most happens, and the last.
  const shown = grids.length > 11 ? [...grids.slice(0, 10), grids.at(-1)!] : grids;
  const svg = imageGrids({
    title: `${recipe.name}: reconstructions epoch by epoch`,
    subtitle: `${dataset.name}, the first ${count} images of the test split`,
    grids: [{ caption: 'input', images }, ...shown].map((grid) => ({ ...grid, images: blank(grid.images) })),
    columns: SIDE,
    rows: SIDE,
    height,
    width,
    gap: 0,
  });
  return [{ name: 'epochs', svg }];
}
