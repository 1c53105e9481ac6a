/** The same hundred test images after several epochs: kept during training, drawn at its end. */
import { join } from 'node:path';
import { decodePng, encodePng } from '../../codecs/png.ts';
import type { Dataset } from '../../data/dataset.ts';
import { readFileIfThere } from '../../read-file.ts';
import { imageGrids } from '../../render/index.ts';
import { writeWhole } from '../../store/index.ts';
import type { Model } from '../model.ts';
import { firstImages, kindOf, type Picture, type PictureInput } from './input.ts';

/** Bytes of a grid of 1024 × 1024 colour images that do not compress. */
const LARGEST = 512 * 2 ** 20;

const FOLDER = 'epochs';
const SIDE = 10;

/** Epochs whose grids are kept: the first few, then fewer and fewer, and always the last. */
export function isSampled(epoch: number, epochs: number): boolean {
  const digit = epoch / 10 ** Math.floor(Math.log10(epoch));
  return epoch === epochs || [1, 2, 3, 5].includes(digit);
}

const fileOf = (run: string, epoch: number) =>
  join(run, FOLDER, `epoch-${String(epoch).padStart(6, '0')}.png`);

/** Keeps a model's reconstructions of the first hundred test images, as one picture of levels: 0 is black. */
export async function keepEpoch(run: string, epoch: number, dataset: Dataset, model: Model): Promise<void> {
  const { height, width, channels } = dataset;
  const { images, count } = firstImages(dataset, dataset.test, SIDE ** 2);
  const { data: values } = await model.reconstruct(images);
  const { light } = kindOf(dataset);
  const data = new Uint8Array(SIDE * height * SIDE * width * channels).fill(255);
  forEachPixel(dataset, count, (value, byte) => {
    const level = Math.round(255 * Math.min(1, Math.max(0, values[value]!)));
    data[byte] = light ? level : 255 - level;
  });
  const picture = { height: SIDE * height, width: SIDE * width, channels, data };
  await writeWhole(fileOf(run, epoch), encodePng(picture));
}

/** Where each value of each image lies: among the images, and on the page. */
function forEachPixel(
  { height, width, channels }: Dataset,
  count: number,
  visit: (value: number, byte: number) => void,
): void {
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        const value = ((i * channels + c) * height + y) * width;
        const row = Math.floor(i / SIDE) * height + y;
        const place = (row * SIDE + (i % SIDE)) * width;
        for (let x = 0; x < width; x++) visit(value + x, (place + x) * channels + c);
      }
    }
  }
}

/** The grids that were kept next to the images themselves. */
export async function epochPictures({ run, recipe, dataset, metrics }: PictureInput): Promise<Picture[]> {
  const { height, width, channels } = dataset;
  const { light } = kindOf(dataset);
  const { images, count } = firstImages(dataset, dataset.test, SIDE ** 2);
  const rows = Math.ceil(count / SIDE);
  const grids: { caption: string; images: Float32Array }[] = [];
  for (const { epoch } of metrics) {
    const file = fileOf(run, epoch);
    const bytes = await readFileIfThere(file, { most: LARGEST });
    if (bytes === null) continue;
    const page = decodePng(bytes, file);
    const fits = page.width === SIDE * width && page.height === SIDE * height;
    if (page.channels !== channels || !fits) continue;
    const grid = new Float32Array(images.length);
    forEachPixel(dataset, count, (value, byte) => {
      const level = page.data[byte]! / 255;
      grid[value] = light ? level : 1 - level;
    });
    grids.push({ caption: `epoch ${epoch}`, images: grid });
  }
  if (grids.length === 0) return [];
  const blank = (grid: Float32Array) => {
    // Places without an image are blank paper.
    const whole = new Float32Array(SIDE * rows * height * width * channels).fill(light ? 1 : 0);
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
    rows,
    ...kindOf(dataset),
    gap: 0,
  });
  return [{ name: 'epochs', svg }];
}
