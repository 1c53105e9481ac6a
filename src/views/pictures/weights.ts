/** What the first layer looks for: its weights as pictures. */
import type { SampleSet } from '../../data/dataset.ts';
import { channelMeans, filters } from '../../render/index.ts';
import type { NamedTensor } from '../../training/index.ts';
import { type Picture, type PictureInput, pixelsOf } from './input.ts';

/** Filters shown at most. */
const SHOWN = 100;

/** The weights of the first layer, the longest first; none if it has no weights on pixels. */
export function filterPictures({ recipe, dataset, weights }: PictureInput): Picture[] {
  const found = firstLayerImages(weights, dataset, recipe.model.condition?.classes?.length);
  if (found === null) return [];
  const { images, height, width } = found;
  const count = images.length / (height * width);
  const which = count > SHOWN ? `the ${SHOWN} longest of ${count.toLocaleString('en')}` : `all ${count}`;
  const svg = filters({
    title: `${recipe.name}: filters of the first layer`,
    subtitle: `trained on ${dataset.name}; ${which}, each on a scale of its own${dataset.channels === 3 ? ', mean over the three channels' : ''}`,
    images: longest(images, height * width),
    height,
    width,
    scale: 'each',
  });
  return [{ name: 'filters', svg }];
}

/**
 * The weights of the first layer on pixels, in the order of its units; null if there are none.
 * @param told the numbers that a conditional model's first layer takes behind the pixels: their weights are left out.
 */
export function firstLayerImages(
  weights: ReadonlyMap<string, NamedTensor>,
  image: Pick<SampleSet, 'height' | 'width' | 'channels'>,
  told = 0,
): Filters | null {
  const first = [...weights].find(([name]) => name.startsWith('encoder.') && name.endsWith('weight'));
  return first === undefined ? null : filtersOf(first[1], { size: pixelsOf(image), told }, image);
}

interface Filters {
  /** [n, height, width]. */
  images: Float32Array;
  height: number;
  width: number;
}

function filtersOf(
  { shape, values }: NamedTensor,
  { size, told }: { size: number; told: number },
  dataset: Pick<SampleSet, 'height' | 'width' | 'channels'>,
): Filters | null {
  const { height, width, channels } = dataset;
  const [a, b] = shape as [number, number];
  // Dense: [pixels, units]. Convolution: [maps, channels, height, width]. Of colours the mean over channels.
  if (shape.length === 2 && a === size + told) {
    const images = new Float32Array(size * b);
    for (let i = 0; i < size; i++) for (let k = 0; k < b; k++) images[k * size + i] = values[i * b + k]!;
    return { images: channelMeans(images, { height, width, channels }), height, width };
  }
  // A sparse code has [units, pixels].
  if (shape.length === 2 && b === size) {
    return { images: channelMeans(values.slice(), { height, width, channels }), height, width };
  }
  if (shape.length === 4 && b === channels + told) {
    const [height, width] = shape.slice(2) as [number, number];
    const [each, whole] = [channels * height * width, b * height * width];
    const images = new Float32Array(a * each);
    for (let k = 0; k < a; k++) images.set(values.subarray(k * whole, k * whole + each), k * each);
    return { images: channelMeans(images, { height, width, channels }), height, width };
  }
  return null;
}

function longest(images: Float32Array, size: number): Float32Array {
  const count = images.length / size;
  const lengths = Array.from({ length: count }, (_, k) =>
    images.subarray(k * size, (k + 1) * size).reduce((sum, weight) => sum + weight ** 2, 0),
  );
  const order = lengths.map((_, k) => k).sort((x, y) => lengths[y]! - lengths[x]!);
  const result = new Float32Array(Math.min(SHOWN, count) * size);
  for (const [i, k] of order.slice(0, SHOWN).entries()) {
    result.set(images.subarray(k * size, (k + 1) * size), i * size);
  }
  return result;
}
