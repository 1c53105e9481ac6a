/** How a sparse code uses its units, and what its reconstructions leave: the figures by which such codes are compared. */
import type { CodeStatistics } from './code-statistics.ts';

/** A unit that is not 0 for more than this share of the images is dense. */
export const DENSE = 0.1;

/** The most frequent unit is in the last of these ranges; the first is for all below 10⁻⁴. */
const RANGES = 17;

export type SparseUse = NonNullable<CodeStatistics['sparse']>;

/** Adds up batch after batch. */
export class SparseSums {
  private readonly counts: Float64Array;
  private readonly values: number;
  private readonly sums: Float64Array;
  private images = 0;
  private active = 0;
  private squares = 0;
  private errors = 0;
  private cosines = 0;

  constructor(units: number, values: number) {
    this.counts = new Float64Array(units);
    this.values = values;
    this.sums = new Float64Array(values);
  }

  /** Codes are [n, units], the others [n, values]. */
  add(codes: Float32Array, originals: Float32Array, reconstructions: Float32Array): void {
    const { counts, values, sums } = this;
    const units = counts.length;
    const count = codes.length / units;
    for (let row = 0; row < count; row++) {
      for (let unit = 0; unit < units; unit++) {
        if (codes[row * units + unit] === 0) continue;
        counts[unit]!++;
        this.active++;
      }
      let [own, made, both, error] = [0, 0, 0, 0];
      for (let i = 0; i < values; i++) {
        const [x, y] = [originals[row * values + i]!, reconstructions[row * values + i]!];
        sums[i]! += x;
        own += x * x;
        made += y * y;
        both += x * y;
        error += (x - y) ** 2;
      }
      this.squares += own;
      this.errors += error;
      // A vector of length 0 has no angle.
      this.cosines += own > 0 && made > 0 ? both / Math.sqrt(own * made) : own === made ? 1 : 0;
    }
    this.images += count;
  }

  result(): SparseUse | null {
    const { images, counts, sums } = this;
    if (images === 0) return null;
    const aroundMean = this.squares - sums.reduce((all, sum) => all + sum ** 2, 0) / images;
    const share = (of: (frequency: number) => boolean) =>
      counts.reduce((n, count) => n + Number(of(count / images)), 0) / counts.length;
    const frequencies = new Array<number>(RANGES).fill(0);
    for (const count of counts) frequencies[rangeOf(count / images)]!++;
    return {
      active: this.active / images,
      dead: share((frequency) => frequency === 0),
      dense: share((frequency) => frequency > DENSE),
      explainedVariance: aroundMean > 0 ? 1 - this.errors / aroundMean : Number(this.errors === 0),
      cosine: this.cosines / images,
      frequencies,
    };
  }
}

const rangeOf = (frequency: number): number =>
  frequency <= 1e-4 ? 0 : Math.min(RANGES - 1, 1 + Math.floor(4 * (Math.log10(frequency) + 4) - 1e-9));
