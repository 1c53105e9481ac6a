/** Errors of each column of rows. */
import type { ColumnScaling } from '../samples/index.ts';

/** The errors of one column, over all rows measured. */
export interface ColumnErrors {
  /** The column's name. */
  name: string;
  /** The squared error of the scaled values, mean over rows. */
  mse: number;
  /** The root of the mean squared error, in the column's own unit. */
  rmse: number;
  /** The absolute error, mean over rows, in the column's own unit. */
  mae: number;
  /**
   * R²: 1 less the squared error over that of the column's mean on the same rows. 1 is exact, 0 no better than the mean. Null
   * for a column of one value.
   */
  r2: number | null;
}

/** Adds up the errors of each column over batches of scaled rows and their reconstructions. */
export class ColumnSums {
  private count = 0;
  private readonly squared: Float64Array;
  private readonly absolute: Float64Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  private readonly columns: readonly string[];
  private readonly scaling: ColumnScaling;

  constructor(columns: readonly string[], scaling: ColumnScaling) {
    this.columns = columns;
    this.scaling = scaling;
    const zeros = () => new Float64Array(columns.length);
    [this.squared, this.absolute, this.sums, this.squares] = [zeros(), zeros(), zeros(), zeros()];
  }

  add(rows: Float32Array, others: Float32Array): void {
    const size = this.columns.length;
    for (let start = 0; start < rows.length; start += size) {
      this.count++;
      for (let i = 0; i < size; i++) {
        const value = rows[start + i]!;
        const error = value - others[start + i]!;
        this.squared[i]! += error * error;
        this.absolute[i]! += Math.abs(error);
        this.sums[i]! += value;
        this.squares[i]! += value * value;
      }
    }
  }

  result(): ColumnErrors[] {
    const { count, scaling } = this;
    return this.columns.map((name, i) => {
      const unit = scaling.scale[i]!;
      const mse = this.squared[i]! / count;
      const variance = this.squares[i]! / count - (this.sums[i]! / count) ** 2;
      const isConstant = !(variance > 1e-12 * Math.max(1, this.squares[i]! / count));
      return {
        name,
        mse,
        rmse: Math.sqrt(mse) * unit,
        mae: (this.absolute[i]! / count) * unit,
        r2: isConstant ? null : 1 - mse / variance,
      };
    });
  }
}
