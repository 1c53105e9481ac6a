/** The same hundred test images after several epochs: kept during training, drawn at its end. */
import { mosaic, picturesOf } from '../../codecs/mosaic.ts';
import { decodePng, encodePng } from '../../codecs/png.ts';
import type { SampleSet } from '../../data/dataset.ts';
import type { Model } from '../../model/model.ts';
import { imageGrids, pictured, thumbnailSize, thumbnails } from '../../render/index.ts';
import { firstBytes, kindOf, type Picture, type PictureInput } from './input.ts';
import { reconstructedThumbnails } from './thumbnails.ts';

const SIDE = 10;

/**
 * A model's reconstructions of the first hundred test images, as one picture of levels in PNG: 0 is black. Images of more
 * than 128 pixels a side are made smaller.
 */
export async function epochPage(dataset: SampleSet, model: Model): Promise<Uint8Array> {
  const { images: given, labels } = await firstBytes(dataset.test, SIDE ** 2);
  const { images, height, width } = await reconstructedThumbnails(model, given, labels);
  const { data, channels } = pictured('images', images, { ...kindOf(dataset), height, width });
  return encodePng(mosaic(data, { channels, height, width, columns: SIDE, rows: SIDE }));
}

/** The grids that were kept next to the images themselves. */
export async function epochPictures({
  recipe,
  dataset,
  metrics,
  epochPage: pageOf,
}: PictureInput): Promise<Picture[]> {
  const { light } = kindOf(dataset);
  const { images: given, count } = await firstBytes(dataset.test, SIDE ** 2);
  const size = thumbnailSize(dataset);
  const rows = Math.ceil(count / SIDE);
  const grids: { caption: string; images: Uint8Array }[] = [];
  for (const { epoch } of metrics) {
    const page = await pageOf(epoch);
    const images = page === null ? null : keptImages(page, epoch, dataset, count);
    if (images !== null) grids.push({ caption: `epoch ${epoch}`, images });
  }
  if (grids.length === 0) return [];
  const blank = (grid: Uint8Array) => {
    // Places without an image are blank paper.
    const whole = new Uint8Array(SIDE * rows * size.height * size.width * dataset.channels);
    whole.fill(light ? 255 : 0).set(grid);
    return whole;
  };
  // A dozen at most: the first ones, where most happens, and the last.
  const shown = grids.length > 11 ? [...grids.slice(0, 10), grids.at(-1)!] : grids;
  const input = { caption: 'input', images: thumbnails(given, dataset) };
  const svg = imageGrids({
    title: `${recipe.name}: reconstructions epoch by epoch`,
    subtitle: `${dataset.name}, the first ${count} images of the test split`,
    grids: [input, ...shown].map((grid) => ({ ...grid, images: blank(grid.images) })),
    columns: SIDE,
    rows,
    ...kindOf(dataset),
    ...size,
    gap: 0,
  });
  return [{ name: 'epochs', svg }];
}

/** The images of a grid that was kept, as thumbnails; null where there is none, or one of another data set. */
function keptImages(bytes: Uint8Array, epoch: number, dataset: SampleSet, count: number): Uint8Array | null {
  const page = decodePng(bytes, `the page of epoch ${epoch}`);
  const { channels } = dataset;
  // Version 0.1.0 kept images of up to 819 pixels a side at their own size.
  const sizes = [thumbnailSize(dataset), dataset];
  const size = sizes.find(
    ({ height, width }) => page.height === SIDE * height && page.width === SIDE * width,
  );
  if (size === undefined || page.channels !== channels) return null;
  const { height, width } = size;
  const { light } = kindOf(dataset);
  const drawn = picturesOf(page, { channels, height, width, columns: SIDE }, count);
  const plane = height * width;
  const images = new Uint8Array(drawn.length);
  for (let i = 0; i < images.length; i++) {
    const [pixel, channel] = [Math.floor(i / channels), i % channels];
    const at = (Math.floor(pixel / plane) * channels + channel) * plane + (pixel % plane);
    images[at] = light ? drawn[i]! : 255 - drawn[i]!;
  }
  return thumbnails(images, size);
}
