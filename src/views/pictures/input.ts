/** What a run's pictures are drawn from. */
import type { SampleSet } from '../../data/dataset.ts';
import type { Engine } from '../../engine/index.ts';
import type { OnProgress } from '../../evaluation/progress.ts';
import { toldPasses } from '../../evaluation/told-passes.ts';
import type { Model } from '../../model/model.ts';
import type { LossPart } from '../../models/index.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { MetricsRow } from '../../record/index.ts';
import { type LabelledSource, readScaled, storedArray, subset } from '../../samples/index.ts';
import type { NamedTensor } from '../../training/index.ts';

export interface PictureInput {
  engine: Engine;
  recipe: Recipe;
  dataset: SampleSet;
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
  /** The same as labels, which a conditional model is told. */
  labels: Uint8Array;
}

export const pixelsOf = ({
  height,
  width,
  channels,
}: Pick<SampleSet, 'height' | 'width' | 'channels'>): number => height * width * channels;

/** How a data set's images are drawn: with light ink on a dark ground as ink on paper, else as they are. */
export const kindOf = ({ height, width, channels, folder }: SampleSet) => ({
  height,
  width,
  channels,
  light: folder !== undefined && !folder.preprocessing.invert,
});

/** The images of a split at some places. */
export async function imagesAt(
  dataset: SampleSet,
  split: LabelledSource,
  places: readonly number[],
): Promise<Examples> {
  const images = await readScaled(split, Uint32Array.from(places));
  const captions = places.map((place) => dataset.classes[split.labels[place]!] ?? '');
  const labels = Uint8Array.from(places, (place) => split.labels[place]!);
  return { images, count: places.length, captions, labels };
}

/** The first images of a split. */
export const firstImages = (dataset: SampleSet, split: LabelledSource, most: number): Promise<Examples> =>
  imagesAt(dataset, split, [...firstPlaces(split, most)]);

const firstPlaces = ({ count }: LabelledSource, most: number): Uint32Array =>
  Uint32Array.from({ length: Math.min(most, count) }, (_, i) => i);

/** The first images of a split as bytes, of which 255 is 1: as they are stored, if that is how; otherwise rounded. */
export async function firstBytes(
  split: LabelledSource,
  most: number,
): Promise<{ images: Uint8Array; count: number; labels: Uint8Array }> {
  const places = firstPlaces(split, most);
  const count = places.length;
  const labels = split.labels.slice(0, count);
  const stored = storedArray(split.spec, count);
  if (!(stored instanceof Uint8Array)) {
    const images = Uint8Array.from(await readScaled(split, places), (value) =>
      Math.round(255 * Math.min(1, Math.max(0, value))),
    );
    return { images, count, labels };
  }
  await split.read(places, stored);
  return { images: stored, count, labels };
}

/** The codes of the first images of a split, [count, units], computed some images at a time. */
export async function firstCodes(
  model: Model,
  split: LabelledSource,
  most: number,
): Promise<{ codes: Float32Array; count: number }> {
  const first = subset(split, firstPlaces(split, most));
  const { codeUnits: units } = model.info;
  const codes = new Float32Array(first.count * units);
  let at = 0;
  for await (const { images, own } of toldPasses(model, first)) {
    const { data } = await own.encode(images);
    codes.set(data, at);
    at += data.length;
  }
  return { codes, count: first.count };
}

/** Images that are shown side by side. */
const MOST = 10;

/** The classes of which a split has images, at most ten, and how many of each are shown: together up to ten. */
function shares({ classes }: SampleSet, { labels }: LabelledSource): { shown: number[]; each: number } {
  const present = new Set(labels);
  const shown = classes.map((_, label) => label).filter((label) => present.has(label));
  return { shown: shown.slice(0, MOST), each: Math.max(1, Math.floor(MOST / Math.max(1, shown.length))) };
}

/** The first images of each class, together up to ten; the first ten if there is one class. */
export async function pickExamples(dataset: SampleSet, split: LabelledSource): Promise<Examples> {
  const { shown, each } = shares(dataset, split);
  const left = new Map(shown.map((label) => [label, [] as number[]]));
  for (const [place, label] of split.labels.entries()) {
    const places = left.get(label);
    if (places !== undefined && places.length < each) places.push(place);
  }
  return imagesAt(dataset, split, [...left.values()].flat());
}

/** A description of what {@link pickExamples} shows. */
export function exampleWords(dataset: SampleSet, split: LabelledSource): string {
  const { shown, each } = shares(dataset, split);
  if (shown.length === 1) return `the first ${Math.min(each, split.count)} images`;
  return each === 1 ? 'the first image of each class' : `the first ${each} images of each class`;
}

/** The name of each image's file, without its folders; its class if it did not come from a file. */
export function fileWords(dataset: SampleSet, split: LabelledSource, places: readonly number[]): string[] {
  return places.map(
    (place) => split.names?.[place]?.split('/').at(-1) ?? dataset.classes[split.labels[place]!] ?? '',
  );
}
