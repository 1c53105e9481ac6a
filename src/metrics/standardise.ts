/** Features brought to mean 0 and standard deviation 1, as measured on some rows, perhaps other than those. */

export interface Standard {
  /** [width]. */
  readonly mean: Float64Array;
  /** 1 / standard deviation, [width]; 0 for a feature that never changes. */
  readonly factor: Float64Array;
}

/** The mean and (population) standard deviation of each feature of rows [n, width]; in two passes, in float64. */
export function measureStandard(rows: Float32Array, width: number): Standard {
  const count = rows.length / width;
  const mean = new Float64Array(width);
  const squares = new Float64Array(width);
  const changes = new Uint8Array(width);
  for (let start = 0; start < rows.length; start += width) {
    for (let j = 0; j < width; j++) {
      mean[j]! += rows[start + j]!;
      if (rows[start + j] !== rows[j]) changes[j] = 1;
    }
  }
  for (let j = 0; j < width; j++) mean[j]! /= count;
  for (let start = 0; start < rows.length; start += width) {
    for (let j = 0; j < width; j++) squares[j]! += (rows[start + j]! - mean[j]!) ** 2;
  }
  const factor = squares.map((sum, j) => (changes[j] ? 1 / Math.sqrt(sum / count) : 0));
  return { mean, factor };
}

/** (x − mean) · factor for rows [n, width], written to `out`. */
export function standardise({ mean, factor }: Standard, rows: Float32Array, out: Float32Array): void {
  const width = mean.length;
  for (let start = 0; start < rows.length; start += width) {
    for (let j = 0; j < width; j++) out[start + j] = (rows[start + j]! - mean[j]!) * factor[j]!;
  }
}
