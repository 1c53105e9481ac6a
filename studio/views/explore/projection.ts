/** Planes and spaces that codes are shown on: two or three units, principal axes, or UMAP. */
import type { Codes } from './codes.ts';
import { along, type PrincipalAxes, principalAxes } from './principal-axes.ts';

export interface Projection {
  /** The place of each image along each axis, NaN for one that has none: [2 or 3][count]. */
  readonly places: readonly Float32Array[];
  readonly labels: readonly string[];
  /** What is shown, in a sentence. */
  readonly note: string;
  /** The code of a place; parts of it that the plane does not have come from `base`. Null where there is no way back. */
  readonly codeAt: ((place: readonly number[], base: Float32Array) => Float32Array) | null;
  /** The place of a code; null where only the images have one. */
  readonly placeOf: ((code: Float32Array) => number[]) | null;
}

export function ofUnits({ values, units, count }: Codes, chosen: readonly number[]): Projection {
  return {
    places: chosen.map((unit) => Float32Array.from({ length: count }, (_, i) => values[i * units + unit]!)),
    labels: chosen.map((unit) => `unit ${unit + 1}`),
    note:
      units > chosen.length
        ? `Units ${chosen.join(' and ')} of ${units}. Between the dots, the other units have the values of the sliders.`
        : 'All of the code.',
    codeAt(place, base) {
      const code = base.slice();
      for (const [k, unit] of chosen.entries()) code[unit] = place[k]!;
      return code;
    },
    placeOf: (code) => chosen.map((unit) => code[unit]!),
  };
}

/** A code of one unit, spread by class in the other direction so that its dots do not lie on one another. */
export function ofOneUnit({ values, count }: Codes, labels: ArrayLike<number>): Projection {
  return {
    places: [
      values.slice(0, count),
      Float32Array.from({ length: count }, (_, i) => (labels[i] ?? 0) + 0.7 * (((i * 0.618034) % 1) - 0.5)),
    ],
    labels: ['unit 1', 'class (spread)'],
    note: 'The code has one unit; the other direction is the class of the image.',
    codeAt: (place) => Float32Array.of(place[0]!),
    placeOf: null,
  };
}

export async function ofPrincipalAxes(
  codes: Codes,
  wanted: number,
  signal?: AbortSignal,
): Promise<Projection> {
  const found: PrincipalAxes = await principalAxes(codes, wanted, signal);
  const { mean, axes, shares } = found;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return {
    places: await along(codes, found, signal),
    labels: shares.map((share, k) => `axis ${k + 1} (${percent(share)})`),
    note: `The ${wanted === 2 ? 'two' : 'three'} directions in which the codes vary most, with ${percent(shares.reduce((a, b) => a + b, 0))} of the variance. Between the dots, pictures are decoded from the mean code plus these directions.`,
    codeAt(place) {
      const code = mean.slice();
      for (const [k, axis] of axes.entries()) {
        for (let u = 0; u < code.length; u++) code[u]! += place[k]! * axis[u]!;
      }
      return code;
    },
    placeOf: (code) =>
      axes.map((axis) => axis.reduce((sum, value, u) => sum + value * (code[u]! - mean[u]!), 0)),
  };
}

/** Of more, UMAP itself would take minutes. */
export const MOST_FOR_UMAP = 4000;

/** The images that UMAP is made of, evenly spaced ones, and those that are placed among them; all with finite codes. */
export function rowsForUmap({ values, units, count }: Codes): { fitted: Uint32Array; others: Uint32Array } {
  const step = Math.max(1, count / MOST_FOR_UMAP);
  const fitted: number[] = [];
  const others: number[] = [];
  let next = 0;
  for (let i = 0; i < count; i++) {
    const isChosen = i === Math.floor(next * step);
    if (isChosen) next++;
    if (!values.subarray(i * units, (i + 1) * units).every(Number.isFinite)) continue;
    (isChosen ? fitted : others).push(i);
  }
  return { fitted: Uint32Array.from(fitted), others: Uint32Array.from(others) };
}

/** What UMAP was given instead of all units of a code. */
export interface Reduced {
  readonly units: number;
  readonly axes: number;
  /** The share of the variance along the axes. */
  readonly share: number;
}

/** @param all [count, 2], NaN for images that have no place. */
export function ofUmap(
  all: Float32Array,
  { fitted, placed, reduced }: { fitted: number; placed: number; reduced: Reduced | null },
): Projection {
  const count = all.length / 2;
  const others =
    placed === 0
      ? ''
      : ` The other ${placed.toLocaleString('en')} lie between their nearest ones among these.`;
  const among =
    reduced === null
      ? ''
      : ` along their ${reduced.axes} principal axes (${Math.round(reduced.share * 100)} % of the variance of ${reduced.units.toLocaleString('en')} units)`;
  return {
    places: [0, 1].map((axis) => Float32Array.from({ length: count }, (_, i) => all[2 * i + axis]!)),
    labels: ['UMAP 1', 'UMAP 2'],
    note: `UMAP of ${fitted.toLocaleString('en')} codes${among}: neighbours stay neighbours, distances mean little.${others} It has no way back, so nothing is decoded between the dots.`,
    codeAt: null,
    placeOf: null,
  };
}
