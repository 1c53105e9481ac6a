/** The test rows of a {@link Snapshot}: values, reconstructions, and the columns with the largest residuals. */
import type { SampleSet } from '../data/dataset.ts';
import { rowFacts } from '../data/rows.ts';
import { readScaled } from '../samples/index.ts';
import { decodeRow, recordedEncoding, sumByColumn, type TableEncoding } from '../tables/index.ts';
import type { Looked } from './observer.ts';
import type { SnapshotRow } from './snapshot.ts';

/** Rows that are shown. */
const ROWS = 6;
/** Columns of each row. */
const COLUMNS = 5;

/** The encoding of a set of rows; columns of numbers for one that is no table. */
const encodingOf = ({ table, test }: SampleSet): TableEncoding =>
  table?.encoding ?? recordedEncoding({ ...rowFacts(test.spec)!, table: null });

/** The first test row of each class, then further ones from the beginning of the split. */
function shownPlaces({ test: { labels, count } }: SampleSet): Uint32Array {
  const firsts = [...new Set(labels)].map((label) => labels.indexOf(label));
  const others = Array.from({ length: Math.min(count, 2 * ROWS) }, (_, place) => place);
  return Uint32Array.from([...new Set([...firsts, ...others])].slice(0, ROWS)).sort();
}

/** What makes the rows of a snapshot of a model as it is. */
export async function rowExamples(
  dataset: SampleSet,
): Promise<(model: Pick<Looked, 'encode' | 'decode'>) => Promise<SnapshotRow[]>> {
  const encoding = encodingOf(dataset);
  const { offset, scale } = encoding;
  const { test, classes } = dataset;
  const places = shownPlaces(dataset);
  const inputs = await readScaled(test, places);
  const labels = Uint8Array.from(places, (place) => test.labels[place]!);
  const width = offset.length;
  const inUnits = (scaled: Float32Array) => scaled.map((value, i) => value * scale[i]! + offset[i]!);
  return async (model) => {
    const outputs = await model.decode(await model.encode(inputs, labels), labels);
    const errors = sumByColumn(
      encoding,
      inputs.map((value, i) => (value - outputs[i]!) ** 2),
    );
    return Array.from(places, (place, i): SnapshotRow => {
      const own = (values: Float32Array) =>
        decodeRow(encoding, inUnits(values.subarray(i * width, (i + 1) * width)));
      const [value, reconstruction] = [own(inputs), own(outputs)];
      const error = errors.subarray(i * encoding.columns.length, (i + 1) * encoding.columns.length);
      const largest = [...error.keys()]
        .sort((a, b) => error[b]! - error[a]! || a - b)
        .slice(0, COLUMNS)
        .sort((a, b) => a - b);
      return {
        name: test.names?.[place] ?? String(place + 1),
        caption: classes.length > 1 ? (classes[test.labels[place]!] ?? '') : '',
        error: error.reduce((sum, each) => sum + each, 0) / width,
        columns: largest.map((at) => ({
          name: encoding.columns[at]!.name,
          value: value[at]!,
          reconstruction: reconstruction[at]!,
          error: error[at]!,
        })),
      };
    });
  };
}
