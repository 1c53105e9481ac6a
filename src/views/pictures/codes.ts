/** Codes of the test images: as points, as small pictures, and how their units are used. */

import type { Model } from '../../model/model.ts';
import { codeTraits } from '../../models/index.ts';
import { histograms, type PictureRow, scatter, scatter3d } from '../../render/index.ts';
import { firstCodes, type Picture, type PictureInput } from './input.ts';

/** Points in a scatter of two dimensions(as in the references), and of three. */
const POINTS_2D = 5000;
const POINTS_3D = 10_000;
/** The widest code that is shown as a picture. */
const WIDEST_PICTURE = 8;
const HISTOGRAMS = 16;

const unitName = (k: number): string => `code unit ${k + 1}`;

function column(codes: Float32Array, units: number, k: number): Float32Array {
  return Float32Array.from({ length: codes.length / units }, (_, i) => codes[i * units + k]!);
}

/** The codes of two units as one scatter; of three as points in space and as its three projections. */
export async function scatterPictures(input: PictureInput): Promise<Picture[]> {
  const units = input.model.info.codeUnits;
  if (units === 2) return [await planePicture(input)];
  if (units === 3) {
    return [
      ...(await spacePictures(input, input.untrained, 'before training', '-before')),
      ...(await spacePictures(input, input.model, 'after training', '')),
    ];
  }
  return [];
}

async function labelled({ dataset }: PictureInput, model: Model, most: number) {
  const { codes, count } = await firstCodes(model, dataset.test, most);
  return { codes, labels: dataset.test.labels.subarray(0, count), classes: dataset.classes, count };
}

const whose = ({ dataset }: PictureInput, count: number): string =>
  `${dataset.name}, the first ${count.toLocaleString('en')} images of the test split`;

async function planePicture(input: PictureInput): Promise<Picture> {
  const { codes, labels, classes, count } = await labelled(input, input.model, POINTS_2D);
  const svg = scatter({
    title: `${input.recipe.name}: codes by class`,
    subtitle: `${whose(input, count)}${input.model.info.hasVariance ? '; each at its mean μ' : ''}`,
    panels: [{ x: column(codes, 2, 0), y: column(codes, 2, 1), xLabel: unitName(0), yLabel: unitName(1) }],
    labels,
    classes,
    equalUnits: true,
  });
  return { name: 'codes', svg };
}

async function spacePictures(
  input: PictureInput,
  model: Model,
  when: string,
  suffix: string,
): Promise<Picture[]> {
  const { codes, labels, classes, count } = await labelled(input, model, POINTS_3D);
  const title = `${input.recipe.name}: codes by class, ${when}`;
  const subtitle = whose(input, count);
  const columns = [0, 1, 2].map((k) => column(codes, 3, k)) as [Float32Array, Float32Array, Float32Array];
  const panel = (a: number, b: number) => ({
    x: columns[a]!,
    y: columns[b]!,
    xLabel: unitName(a),
    yLabel: unitName(b),
  });
  const axes = [unitName(0), unitName(1), unitName(2)] as const;
  return [
    { name: `codes-3d${suffix}`, svg: scatter3d({ title, subtitle, points: codes, labels, classes, axes }) },
    {
      name: `codes-projections${suffix}`,
      svg: scatter({
        title,
        subtitle,
        panels: [panel(0, 1), panel(1, 2), panel(0, 2)],
        labels,
        classes,
        equalUnits: true,
      }),
    },
  ];
}

/** The side of the square that a code makes, where its units are picture-like: a square number from 0 to 1. */
export function pictureSide({ recipe, model }: Pick<PictureInput, 'recipe' | 'model'>): number | null {
  const { range } = codeTraits(recipe.model.code);
  const side = Math.sqrt(model.info.codeUnits);
  const drawn = range?.[0] === 0 && range[1] === 1;
  return drawn && Number.isInteger(side) && side >= 2 && side <= WIDEST_PICTURE ? side : null;
}

/** A row of the codes of images as pictures, as 4×4, where the code makes one. */
export async function codeRow(
  input: PictureInput,
  model: Model,
  images: Float32Array,
  label: string,
): Promise<PictureRow[]> {
  const side = pictureSide(input);
  if (side === null) return [];
  const { data } = await model.encode(images);
  return [{ label: `${label} (${side}×${side})`, images: data, height: side, width: side }];
}

/** How each unit is used: histograms of those that differ most from image to image. */
export async function histogramPicture(input: PictureInput): Promise<Picture> {
  const units = input.model.info.codeUnits;
  const { codes, count } = await labelled(input, input.model, units > 64 ? 1000 : POINTS_2D);
  const columns = Array.from({ length: units }, (_, k) => column(codes, units, k));
  const spread = columns.map(standardDeviation);
  const shown = columns
    .map((_, k) => k)
    .sort((a, b) => spread[b]! - spread[a]!)
    .slice(0, HISTOGRAMS)
    .sort((a, b) => a - b);
  const which =
    units > HISTOGRAMS ? `; the ${HISTOGRAMS} of ${units.toLocaleString('en')} units that vary most` : '';
  const svg = histograms({
    title: `${input.recipe.name}: how the code's units are used`,
    subtitle: `${whose(input, count)}${which}`,
    panels: shown.map((k) => ({ title: `unit ${k + 1}`, values: columns[k]! })),
    xLabel: 'value',
    yLabel: 'images',
    shareY: true,
  });
  return { name: 'code-histograms', svg };
}

/** How often units of a sparse code are not 0: few are there often, most seldom, and dead ones never. */
export async function frequencyPictures(input: PictureInput): Promise<Picture[]> {
  if (!codeTraits(input.recipe.model.code).isSparse) return [];
  const units = input.model.info.codeUnits;
  const { codes, count } = await labelled(input, input.model, POINTS_2D);
  const counts = new Float64Array(units);
  for (const [i, value] of codes.entries()) if (value !== 0) counts[i % units]!++;
  const alive = counts.filter((each) => each > 0);
  const dead = units - alive.length;
  const words = `${whose(input, count)}; ${dead.toLocaleString('en')} of ${units.toLocaleString('en')} units are always 0`;
  if (alive.length === 0) return [];
  const svg = histograms({
    title: `${input.recipe.name}: how often units are not 0`,
    subtitle: words,
    panels: [{ title: '', values: Float32Array.from(alive, (each) => Math.log10(each / count)) }],
    xLabel: 'log₁₀ of the share of the images',
    yLabel: 'units',
  });
  return [{ name: 'unit-frequencies', svg }];
}

function standardDeviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
