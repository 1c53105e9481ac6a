/** Pictures of what codes drawn from the prior decode to: the manifold of two units, samples from the prior, a walk along each unit. */

import { knownClasses } from '../../model/classes.ts';
import { told } from '../../model/condition.ts';
import type { Model } from '../../model/model.ts';
import { normalQuantile } from '../../model/normal.ts';
import { imageGrid } from '../../render/index.ts';
import { firstCodes, kindOf, type Picture, type PictureInput } from './input.ts';
import { decodedThumbnails } from './thumbnails.ts';

/** Decoded points along each axis of the manifold. */
export const SIDE = 20;
/** How far the linear one reaches. */
const REACH = 2;
/** The prior's probability between the outermost points of the manifold by quantiles. */
const COVERED = 0.98;

export async function latentPictures(input: PictureInput): Promise<Picture[]> {
  const { prior, codeUnits } = input.model.info;
  if (prior === null) return [];
  if (!prior.isStandardNormal) return [await samples(input)];
  if (codeUnits === 2) {
    const tail = (1 - COVERED) / 2;
    return [
      await manifold(
        input,
        'manifold',
        `steps of equal length from −${REACH} to ${REACH}`,
        spread(-REACH, REACH),
      ),
      await manifold(
        input,
        'manifold-quantiles',
        `steps of equal probability under the prior, its inner ${100 * COVERED} %`,
        spread(tail, 1 - tail).map(normalQuantile),
      ),
      await samples(input),
    ];
  }
  return [await samples(input), await traversals(input)];
}

function spread(from: number, to: number): number[] {
  return Array.from({ length: SIDE }, (_, i) => from + ((to - from) * i) / (SIDE - 1));
}

/** Points of the plane by rows: the second unit rises from the bottom row to the top one, as on a plot. */
export function planeCodes(at: readonly number[] = spread(-REACH, REACH)): Float32Array {
  return Float32Array.from([...at].reverse().flatMap((z2) => at.flatMap((z1) => [z1, z2])));
}

const signed = (value: number): string =>
  value
    .toFixed(1)
    .replace('-', '−')
    .replace(/^−0\.0$/, '0.0');

async function manifold(input: PictureInput, name: string, steps: string, at: number[]): Promise<Picture> {
  const { recipe, dataset } = input;
  const { model, ofClass } = ofOneClass(input.model);
  const ticks = (values: number[]) =>
    // The last one takes the place of its neighbour.
    values.map((value, i) => (i === SIDE - 1 || (i % 3 === 0 && i < SIDE - 2) ? signed(value) : ''));
  const svg = imageGrid({
    title: `${recipe.name}: decoded points of the code`,
    subtitle: `trained on ${dataset.name}; ${steps}${ofClass}`,
    columns: SIDE,
    rows: SIDE,
    ...kindOf(dataset),
    ...(await decodedThumbnails(model, planeCodes(at))),
    xAxis: { label: 'code unit 1', ticks: ticks(at) },
    yAxis: { label: 'code unit 2', ticks: ticks([...at].reverse()) },
    gap: 0,
  });
  return { name, svg };
}

/** A conditional model for one class, by default its first, and words for that; another model as it is. */
export function ofOneClass(
  model: Model,
  name = knownClasses(model.info)[0],
): { model: Model; ofClass: string } {
  if (model.info.condition === null || name === undefined) return { model, ofClass: '' };
  return { model: told(model, { classes: name }), ofClass: `; of class ${name}` };
}

/** Classes whose samples are shown. */
const CLASSES = 20;
const COLUMNS = 10;

/** The same ten codes decoded for each class: a row for each. */
async function samplesByClass({ recipe, dataset, model, seed }: PictureInput): Promise<Picture> {
  const known = knownClasses(model.info);
  const shown = known.slice(0, CLASSES);
  const { prior } = model.info;
  const { data: codes } = await model.draw(COLUMNS, seed);
  const all = Float32Array.from(shown.flatMap(() => [...codes]));
  const classes = shown.flatMap((name) => new Array<string>(COLUMNS).fill(name));
  const which = shown.length < known.length ? `, the first ${shown.length} of ${known.length} classes` : '';
  const svg = imageGrid({
    title: `${recipe.name}: samples by class`,
    subtitle: `trained on ${dataset.name}; ${COLUMNS} codes drawn from the prior ${prior!.isStandardNormal ? 'N(0, 1)' : prior!.name}, the same in each row, decoded as each class${which}`,
    columns: COLUMNS,
    rows: shown.length,
    ...kindOf(dataset),
    ...(await decodedThumbnails(model, all, classes)),
    xAxis: { label: 'code', ticks: Array.from({ length: COLUMNS }, (_, k) => String(k + 1)) },
    yAxis: { label: 'class', ticks: shown },
  });
  return { name: 'samples', svg };
}

async function samples(input: PictureInput): Promise<Picture> {
  if (input.model.info.condition !== null) return samplesByClass(input);
  const { recipe, dataset, model, seed } = input;
  const { prior } = model.info;
  const { data: codes } = await model.draw(100, seed);
  const svg = imageGrid({
    title: `${recipe.name}: samples`,
    subtitle: `trained on ${dataset.name}; 100 codes drawn from the prior ${prior!.isStandardNormal ? 'N(0, 1)' : prior!.name}, decoded`,
    columns: 10,
    rows: 10,
    ...kindOf(dataset),
    ...(await decodedThumbnails(model, codes)),
  });
  return { name: 'samples', svg };
}

/** Units walked along at most, and the steps of a walk. */
const WALKED = 20;
const STEPS = 11;

/** One test image's code with one unit at a time moved from −3 to 3, the units that vary most first. */
async function traversals(input: PictureInput): Promise<Picture> {
  const { recipe, dataset } = input;
  const { model, ofClass } = ofOneClass(input.model, dataset.classes[dataset.test.labels[0]!]);
  const units = model.info.codeUnits;
  const { codes: data, count } = await firstCodes(input.model, dataset.test, 1000);
  const spread = Array.from({ length: units }, (_, k) => {
    const values = Array.from({ length: count }, (_, i) => data[i * units + k]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  const order = spread.map((_, k) => k).sort((a, b) => spread[b]! - spread[a]!);
  const rows = order.slice(0, WALKED);
  const at = Array.from({ length: STEPS }, (_, i) => -3 + (6 * i) / (STEPS - 1));
  const codes = rows.flatMap((k) =>
    at.flatMap((value) => [...data.subarray(0, units)].map((z, j) => (j === k ? value : z))),
  );
  const svg = imageGrid({
    title: `${recipe.name}: a walk along each unit of the code`,
    subtitle: `${dataset.name}: the first test image's code with one unit at a time set to a value; the units that vary most first${ofClass}`,
    columns: STEPS,
    rows: rows.length,
    ...kindOf(dataset),
    ...(await decodedThumbnails(model, Float32Array.from(codes))),
    xAxis: { label: 'value of the unit', ticks: at.map(signed) },
    yAxis: { label: 'unit', ticks: rows.map((k) => String(k + 1)) },
  });
  return { name: 'traversals', svg };
}
