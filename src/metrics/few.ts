/**
 * All principal components of a few large images: with X the centred images [n, values], an eigenvector u of the inner
 * products X Xᵀ [n, n] to the eigenvalue λ gives Xᵀu / √λ, one of the covariance. ONNX Runtime multiplies in single
 * precision, a slice of the pixels at a time; the slices are added up, and the eigenvectors found, in double precision.
 */
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Engine, Session } from '../engine/index.ts';
import { gemm, input } from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { orthonormal } from './orthonormal.ts';
import type { Passes } from './passes.ts';

/** Pixels that are multiplied at a time: few enough that single precision loses nothing that matters. */
const SLICE = 2048;
/** So many components are made orthonormal in double precision; more of them only to six digits, which is far faster. */
const EXACT_COMPONENTS = 64;

/**
 * The `count` leading eigenvectors of the images' covariance, [components][values], orthonormal, by falling variance;
 * fewer where the images vary in fewer directions, as n of them do in n − 1 at most.
 * @param centred images less their mean, [n, values].
 */
export async function componentsOfFew(
  engine: Engine,
  centred: Float32Array,
  values: number,
  count: number,
  threads: number,
): Promise<(Float64Array | Float32Array)[]> {
  const products = await openProduct(engine, false, true, threads);
  const sums = await openProduct(engine, true, false, threads);
  try {
    const shares = sharesOf(await innerProducts(products, centred, values), count);
    const n = centred.length / values;
    const k = shares.length / n;
    if (k === 0) return [];
    const found = new Float32Array(k * values);
    await forEachSlice(centred, values, async (slice, width, start) => {
      const piece = await multiply(sums, [shares, [n, k]], [slice, [n, width]]);
      for (let row = 0; row < k; row++)
        found.set(piece.subarray(row * width, (row + 1) * width), row * values + start);
    });
    if (k <= EXACT_COMPONENTS)
      return orthonormal(
        rowsOf(found, values).map((row) => Float64Array.from(row)),
        2,
      );
    return rowsOf(await straightened(products, sums, found, values), values);
  } finally {
    await products.dispose();
    await sums.dispose();
  }
}

/** `count` images less their mean, [count, values]. */
export async function centredImages(
  images: Passes,
  mean: Float64Array,
  count: number,
): Promise<Float32Array> {
  const all = new Float32Array(count * mean.length);
  let at = 0;
  for await (const piece of images) {
    all.set(piece, at);
    at += piece.length;
  }
  subtract(all, mean);
  return all;
}

/** Subtracts the mean from each row, in place. */
export function subtract(rows: Float32Array, mean: Float64Array): void {
  for (let i = 0; i < rows.length; i++) rows[i] = rows[i]! - mean[i % mean.length]!;
}

/** The eigenvectors of the inner products as columns, [n, components], each divided by √λ. */
function sharesOf(products: Matrix, count: number): Float32Array {
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((value, k) => ({ value, k })).sort((p, q) => q.value - p.value);
  // Below this an eigenvalue is what single precision left over.
  const least = Math.max(1e-9, 1e-6 * order[0]!.value);
  const kept = order.filter(({ value }) => value > least).slice(0, count);
  const shares = new Float32Array(products.rows * kept.length);
  for (const [column, { value, k }] of kept.entries()) {
    for (let a = 0; a < products.rows; a++)
      shares[a * kept.length + column] = eigenvectorMatrix.get(a, k) / Math.sqrt(value);
  }
  return shares;
}

/** Rows [k, values] that are nearly orthonormal, made so: L⁻¹ times the rows, with their inner products L Lᵀ. */
async function straightened(
  products: Session,
  sums: Session,
  rows: Float32Array,
  values: number,
): Promise<Float32Array> {
  const k = rows.length / values;
  const lower = new CholeskyDecomposition(await innerProducts(products, rows, values)).lowerTriangularMatrix;
  const shares = Float32Array.from(inverseOf(lower).transpose().to1DArray());
  const result = new Float32Array(rows.length);
  await forEachSlice(rows, values, async (slice, width, start) => {
    const piece = await multiply(sums, [shares, [k, k]], [slice, [k, width]]);
    for (let row = 0; row < k; row++)
      result.set(piece.subarray(row * width, (row + 1) * width), row * values + start);
  });
  return result;
}

/** The inverse of a lower triangular matrix, column by column. */
function inverseOf(lower: Matrix): Matrix {
  const n = lower.rows;
  const inverse = Matrix.zeros(n, n);
  for (let column = 0; column < n; column++) {
    for (let row = column; row < n; row++) {
      let sum = row === column ? 1 : 0;
      for (let i = column; i < row; i++) sum -= lower.get(row, i) * inverse.get(i, column);
      inverse.set(row, column, sum / lower.get(row, row));
    }
  }
  return inverse;
}

/** The inner products of all rows [n, values], summed in double precision. */
async function innerProducts(session: Session, rows: Float32Array, values: number): Promise<Matrix> {
  const n = rows.length / values;
  const sums = new Float64Array(n * n);
  await forEachSlice(rows, values, async (slice, width) => {
    const piece = await multiply(session, [slice, [n, width]], [slice, [n, width]]);
    for (let i = 0; i < sums.length; i++) sums[i]! += piece[i]!;
  });
  const products = new Matrix(n, n);
  for (let a = 0; a < n; a++) {
    // Symmetric but for the last bits.
    for (let b = 0; b < n; b++) products.set(a, b, (sums[a * n + b]! + sums[b * n + a]!) / 2);
  }
  return products;
}

/** Some columns at a time of rows [n, values]. */
async function forEachSlice(
  rows: Float32Array,
  values: number,
  visit: (slice: Float32Array, width: number, start: number) => Promise<void>,
): Promise<void> {
  const n = rows.length / values;
  for (let start = 0; start < values; start += SLICE) {
    const width = Math.min(SLICE, values - start);
    const slice = new Float32Array(n * width);
    for (let row = 0; row < n; row++)
      slice.set(rows.subarray(row * values + start, row * values + start + width), row * width);
    await visit(slice, width, start);
  }
}

const rowsOf = (all: Float32Array, values: number): Float32Array[] =>
  Array.from({ length: all.length / values }, (_, k) => all.subarray(k * values, (k + 1) * values));

/** A product of two matrices of any size, either of them transposed first. */
async function openProduct(
  engine: Engine,
  transA: boolean,
  transB: boolean,
  threads: number,
): Promise<Session> {
  const a = input('a', transA ? ['inner', 'rows'] : ['rows', 'inner']);
  const b = input('b', transB ? ['columns', 'inner'] : ['inner', 'columns']);
  const outputs = { product: gemm(a, b, { transA, transB }) };
  return engine.open(encodeModel({ name: 'product', inputs: { a, b }, outputs }), { threads });
}

type Shaped = readonly [data: Float32Array, shape: number[]];

async function multiply(session: Session, a: Shaped, b: Shaped): Promise<Float32Array> {
  const { product } = await session.run({
    a: { data: a[0], shape: a[1] },
    b: { data: b[0], shape: b[1] },
  });
  return product!.data;
}
