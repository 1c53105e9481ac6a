/** Mean, spread, range and covariance of rows that come a piece at a time: memory stays flat for any number. */

export interface Moments {
  /** Rows that were seen. */
  count: number;
  /** Each [width]. The standard deviation is the population's: its sum is divided by the count. */
  mean: Float64Array;
  std: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** [width, width], the population's; null if it was not asked for. */
  covariance: Float64Array | null;
}

/**
 * Gathers rows [n, width]. Sums are in float64 and of differences from the first row, so that a mean far from zero
 * costs no digits.
 */
export class MomentSums {
  private readonly width: number;
  private readonly shift: Float64Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  private readonly products: Float64Array | null;
  private readonly min: Float64Array;
  private readonly max: Float64Array;
  private count = 0;

  constructor(width: number, { covariance }: { covariance: boolean }) {
    this.width = width;
    this.shift = new Float64Array(width);
    this.sums = new Float64Array(width);
    this.squares = new Float64Array(width);
    this.products = covariance ? new Float64Array(width * width) : null;
    this.min = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
    this.max = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  }

  add(rows: Float32Array): void {
    const { width, shift, sums, squares, products, min, max } = this;
    if (this.count === 0) shift.set(rows.subarray(0, width));
    const row = new Float64Array(width);
    for (let start = 0; start < rows.length; start += width, this.count++) {
      for (let i = 0; i < width; i++) {
        const value = rows[start + i]!;
        if (value < min[i]!) min[i] = value;
        if (value > max[i]!) max[i] = value;
        const x = value - shift[i]!;
        row[i] = x;
        sums[i]! += x;
        squares[i]! += x * x;
      }
      if (products === null) continue;
      for (let i = 0; i < width; i++) {
        const x = row[i]!;
        if (x === 0) continue;
        const line = i * width;
        for (let j = i; j < width; j++) products[line + j]! += x * row[j]!;
      }
    }
  }

  result(): Moments {
    const { width, shift, sums, squares, products, min, max, count } = this;
    const covariance = products?.slice() ?? null;
    if (covariance !== null) {
      for (let i = 0; i < width; i++) {
        for (let j = i; j < width; j++) {
          const value = covariance[i * width + j]! / count - (sums[i]! / count) * (sums[j]! / count);
          covariance[i * width + j] = value;
          covariance[j * width + i] = value;
        }
      }
    }
    return {
      count,
      mean: sums.map((sum, i) => shift[i]! + sum / count),
      std: squares.map((sum, i) => Math.sqrt(Math.max(0, sum / count - (sums[i]! / count) ** 2))),
      min: min.slice(),
      max: max.slice(),
      covariance,
    };
  }
}
