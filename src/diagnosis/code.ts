/** How many units of a code carry information: those that differ from image to image. */

import { MomentSums, type Moments } from '../metrics/index.ts';
import type { Symbols } from '../models/index.ts';
import { sizeOf } from '../size.ts';
import type { CodeStatistics } from './code-statistics.ts';
import { SymbolCounts } from './symbol-counts.ts';

const VARYING = 'varies: its standard deviation over the images is above 0.0001 times its mean';
const ACTIVE =
  'active: the variance of its mean μ over the images is above 0.01 (Burda et al., 2016); the others carry no information about the image';

/** Var(μ) of a unit that a variational model uses is above this. */
const LEAST_ACTIVITY = 0.01;

export interface CodeKind {
  /** [units], or [maps, height, width]. */
  shape: readonly number[];
  hasVariance: boolean;
  /** The few values of a quantised code. */
  symbols?: Symbols | null;
}

/** With fewer images it cannot be told whether a unit varies. */
const FEWEST_IMAGES = 2;

/** From the moments of each number in a code; null for too few images. */
export function codeStatistics(
  { mean, std, count: images }: Pick<Moments, 'mean' | 'std' | 'count'>,
  { shape, hasVariance }: CodeKind,
): CodeStatistics | null {
  if (images < FEWEST_IMAGES) return null;
  const maps = shape.length > 1;
  const count = shape[0]!;
  const size = mean.length / count;
  const varies = (i: number) =>
    hasVariance ? std[i]! ** 2 > LEAST_ACTIVITY : std[i]! > 1e-6 + 1e-4 * Math.abs(mean[i]!);
  let varying = 0;
  let restAt: [number, number] | null = null;
  for (let unit = 0; unit < count; unit++) {
    const places = Array.from({ length: size }, (_, i) => unit * size + i);
    if (places.some(varies)) varying++;
    else {
      const means = places.map((i) => mean[i]!);
      restAt = [Math.min(restAt?.[0] ?? Infinity, ...means), Math.max(restAt?.[1] ?? -Infinity, ...means)];
    }
  }
  return {
    definition: `a unit ${hasVariance ? `is ${ACTIVE}` : VARYING}`,
    of: maps ? 'maps' : 'units',
    count,
    varying,
    restAt,
    images,
  };
}

/** Gathers codes a piece at a time. */
export class CodeSums {
  private readonly kind: CodeKind;
  private readonly sums: MomentSums;
  private readonly counts: SymbolCounts | null;

  constructor(kind: CodeKind) {
    this.kind = kind;
    this.sums = new MomentSums(sizeOf(kind.shape), { covariance: false });
    this.counts = kind.symbols ? new SymbolCounts(kind.shape, kind.symbols) : null;
  }

  add(codes: Float32Array): void {
    this.sums.add(codes);
    this.counts?.add(codes);
  }

  result(): CodeStatistics | null {
    const statistics = codeStatistics(this.sums.result(), this.kind);
    return statistics && this.counts ? { ...statistics, symbols: this.counts.result() } : statistics;
  }
}
