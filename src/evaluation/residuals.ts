/** The residuals of training rows, which the score `distance` compares with. */
import { MomentSums } from '../metrics/index.ts';
import type { Model } from '../model/model.ts';
import type { TrainingResiduals } from '../model/statistics.ts';
import { type Source, valuesOf } from '../samples/index.ts';
import type { OnProgress } from './progress.ts';
import { shortened } from './shortened.ts';
import { toldPasses } from './told-passes.ts';

/** Wider rows have no covariance: 512 values take 1.7 MB of statistics.json, and 0.3 ms for each row that is scored. */
const WIDEST = 512;
/** A covariance of fewer rows than this for each value says more about these rows than about others. */
const ROWS_PER_VALUE = 2;
/** As many training rows are measured at most: more change nothing. */
const MOST_ROWS = 50_000;

/** Measures them on the training rows, or on rows spread evenly among very many. */
export async function residualsOf(
  model: Model,
  rows: Source,
  onProgress: OnProgress,
): Promise<TrainingResiduals> {
  const size = valuesOf(rows.spec);
  const count = Math.min(rows.count, MOST_ROWS);
  const tooFew = count < ROWS_PER_VALUE * size;
  const sums = new MomentSums(size, { covariance: size <= WIDEST && !tooFew });
  const told = (share: number) => onProgress('residuals', share);
  for await (const { images: piece, own } of toldPasses(model, rows, told, count)) {
    const { data } = await own.reconstruct(piece);
    sums.add(piece.map((value, i) => value - data[i]!));
  }
  const { mean, std, covariance } = sums.result();
  const list = (values: Float64Array) => Array.from(values, shortened);
  const n = (value: number) => value.toLocaleString('en');
  return {
    rows: count,
    note:
      covariance !== null
        ? `by mean and covariance of the residuals of ${n(count)} training rows`
        : `each value by its own spread among ${n(count)} training rows: ${size > WIDEST ? `rows of more than ${WIDEST} values have no covariance` : `a covariance of ${n(size)} values needs ${n(ROWS_PER_VALUE * size)} rows`}`,
    mean: list(mean),
    std: list(std),
    covariance:
      covariance === null
        ? null
        : Array.from({ length: size }, (_, i) => list(covariance.subarray(i * size, i * size + i + 1))),
  };
}
