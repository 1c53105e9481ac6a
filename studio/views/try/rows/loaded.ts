/** A model of rows with the test rows of its run. */
import type { PageModel } from 'hourglass/web';
import type { RowSet, RunDetails } from '../../../../src/studio/protocol.ts';

export interface LoadedRows {
  readonly kind: 'row';
  readonly run: RunDetails;
  readonly model: PageModel;
  readonly rows: RowSet;
}

/** The values of a row. */
export const rowOf = ({ values, encoding }: RowSet, i: number): Float32Array => {
  const width = encoding.offset.length;
  return values.subarray(i * width, (i + 1) * width);
};
