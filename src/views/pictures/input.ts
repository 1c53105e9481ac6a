/** What a run's pictures are drawn from. */
import type { Dataset, LabelledImages } from '../../data/dataset.ts';
import type { Engine } from '../../engine/index.ts';
import type { OnProgress } from '../../evaluation/progress.ts';
import { type Model, scaled } from '../../model/model.ts';
import type { LossPart } from '../../models/index.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { MetricsRow } from '../../record/index.ts';
import type { NamedTensor } from '../../training/index.ts';

export interface PictureInput {
  engine: Engine;
  recipe: Recipe;
  dataset: Dataset;
  model: Model;
  /** The model as it was before the first step. */
  untrained: Model;
  weights: ReadonlyMap<string, NamedTensor>;
  metrics: readonly MetricsRow[];
  /** What the loss is made of. */
  losses: readonly LossPart[];
  keptEpoch: number;
  seed: number;
  /** The page that was kept after an epoch, as PNG, if there is one; see `epochPage`. */
  epochPage: (epoch: number) => Promise<Uint8Array | null>;
  onProgress?: OnProgress;
}

/** A picture by its name and its SVG. */
export interface Picture {
  name: string;
  svg: string;
}

/** Some images with their classes. */
export interface Examples {
  /** [n, channels, height, width], in [0, 1]. */
  images: Float32Array;
  count: number;
  /** The class of each. */
  captions: string[];
}

export const pixelsOf = ({ height, width, channels }: Dataset): number => height * width * channels;

/** How a data set's images are drawn: with light ink on a dark ground as ink on paper, else as they are. */
export const kindOf = ({ height, width, channels, folder }: Dataset) => ({
  height,
  width,
  channels,
  light: folder !== undefined && !folder.preprocessing.invert,
});

/** The images of a split at some places. */
export function imagesAt(dataset: Dataset, split: LabelledImages, places: readonly number[]): Examples {
  const pixels = pixelsOf(dataset);
  const images = new Float32Array(places.length * pixels);
  for (const [i, place] of places.entries()) {
    images.set(scaled(split.images.subarray(place * pixels, (place + 1) * pixels)), i * pixels);
  }
  const captions = places.map((place) => dataset.classes[split.labels[place]!] ?? '');
  return { images, count: places.length, captions };
}

/** The first images of a split. */
export const firstImages = (dataset: Dataset, split: LabelledImages, most: number): Examples =>
  imagesAt(
    dataset,
    split,
    Array.from({ length: Math.min(most, split.count) }, (_, i) => i),
  );

/** The bytes of the first images of a split, not copied. */
export function firstBytes(dataset: Dataset, { images, count }: LabelledImages, most: number) {
  const shown = Math.min(most, count);
  return { images: images.subarray(0, shown * pixelsOf(dataset)), count: shown };
}

/** Images that are shown side by side. */
const MOST = 10;

/** The classes of which a split has images, at most ten, and how many of each are shown: together up to ten. */
function shares({ classes }: Dataset, { labels }: LabelledImages): { shown: number[]; each: number } {
  const present = new Set(labels);
  const shown = classes.map((_, label) => label).filter((label) => present.has(label));
  return { shown: shown.slice(0, MOST), each: Math.max(1, Math.floor(MOST / Math.max(1, shown.length))) };
}

/** The first images of each class, together up to ten; the first ten if there is one class. */
export function pickExamples(dataset: Dataset, split: LabelledImages): Examples {
  const { shown, each } = shares(dataset, split);
  const left = new Map(shown.map((label) => [label, [] as number[]]));
  for (const [place, label] of split.labels.entries()) {
    const places = left.get(label);
    if (places !== undefined && places.length < each) places.push(place);
  }
  return imagesAt(dataset, split, [...left.values()].flat());
}

/** A description of what {@link pickExamples} shows. */
export function exampleWords(dataset: Dataset, split: LabelledImages): string {
  const { shown, each } = shares(dataset, split);
  if (shown.length === 1) return `the first ${Math.min(each, split.count)} images`;
  return each === 1 ? 'the first image of each class' : `the first ${each} images of each class`;
}

/** The name of each image's file, without its folders; its class if it did not come from a file. */
export function fileWords(dataset: Dataset, split: LabelledImages, places: readonly number[]): string[] {
  return places.map(
    (place) => split.names?.[place]?.split('/').at(-1) ?? dataset.classes[split.labels[place]!] ?? '',
  );
}
