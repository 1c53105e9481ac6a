/** How many units of a code carry information: those that differ from image to image. */

import { MomentSums, type Moments } from '../metrics/index.ts';
import type { Symbols } from '../models/index.ts';
import { sizeOf } from '../size.ts';
import type { CodeStatistics } from './code-statistics.ts';
import { SparseSums } from './sparse-use.ts';
import { SymbolCounts } from './symbol-counts.ts';

const VARYING = 'varies: its standard deviation over the images is above 0.0001 times its mean';
const ACTIVE =
  'active: the variance of its mean μ over the images is above 0.01 (Burda et al., 2016); the others carry no information about the image';

/** Var(μ) of a unit that a variational model uses is above this. */
export const LEAST_ACTIVITY = 0.01;

export interface CodeKind {
  /** [units], or [maps, height, width]. */
  shape: readonly number[];
  hasVariance: boolean;
  /** The few values of a quantised code. */
  symbols?: Symbols | null;
  isSparse?: boolean;
}

/** What codes are of, and what is made of them: for a sparse code's figures. */
export interface Reconstructed {
  /** Both are [n, values]. */
  originals: Float32Array;
  reconstructions: Float32Array;
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

/** KL(N(μ, σ²) ‖ N(0, 1)) of each unit in nats, mean over images. */
class KlSums {
  private readonly sums: Float64Array;
  private images = 0;

  constructor(units: number) {
    this.sums = new Float64Array(units);
  }

  /** Both are [n, units]. */
  add(means: Float32Array, logVariances: Float32Array): void {
    const units = this.sums.length;
    for (let i = 0; i < means.length; i++) {
      const [mean, logVariance] = [means[i]!, logVariances[i]!];
      // ½ (μ² + σ² − 1 − ln σ²); expm1 keeps what is left of σ² − 1 near σ = 1.
      this.sums[i % units]! += (mean * mean + Math.expm1(logVariance) - logVariance) / 2;
    }
    this.images += means.length / units;
  }

  result(): number[] | null {
    return this.images === 0 ? null : Array.from(this.sums, (sum) => rounded(sum / this.images));
  }
}

/** Six digits are more than are shown. */
const rounded = (value: number): number => Number(value.toPrecision(6));

/** Gathers codes a piece at a time. */
export class CodeSums {
  private readonly kind: CodeKind;
  private readonly sums: MomentSums;
  private readonly counts: SymbolCounts | null;
  private readonly kl: KlSums;
  private sparse: SparseSums | null = null;

  constructor(kind: CodeKind) {
    this.kind = kind;
    this.sums = new MomentSums(sizeOf(kind.shape), { covariance: false });
    this.counts = kind.symbols ? new SymbolCounts(kind.shape, kind.symbols) : null;
    this.kl = new KlSums(sizeOf(kind.shape));
  }

  /**
   * Both are [n, units].
   * @param of what they are of: a sparse code's figures are measured on both.
   * @param logVariances of a Gaussian code with the prior N(0, I): then `codes` are its means.
   */
  add(codes: Float32Array, logVariances: Float32Array | null = null, of: Reconstructed | null = null): void {
    this.sums.add(codes);
    this.counts?.add(codes);
    if (logVariances !== null) this.kl.add(codes, logVariances);
    if (of !== null && this.kind.isSparse) this.addSparse(codes, of);
  }

  private addSparse(codes: Float32Array, { originals, reconstructions }: Reconstructed): void {
    const units = sizeOf(this.kind.shape);
    this.sparse ??= new SparseSums(units, originals.length / (codes.length / units));
    this.sparse.add(codes, originals, reconstructions);
  }

  result(): CodeStatistics | null {
    const moments = this.sums.result();
    const statistics = codeStatistics(moments, this.kind);
    if (statistics === null) return null;
    const kl = this.kl.result();
    return {
      ...statistics,
      ...(this.counts === null ? {} : { symbols: this.counts.result() }),
      ...(this.sparse === null ? {} : { sparse: this.sparse.result() }),
      ...(kl === null
        ? {}
        : { perUnit: { kl, variance: Array.from(moments.std, (std) => rounded(std ** 2)) } }),
    };
  }
}
