/** The images or rows of a run's data set, for the page. */
import { rowFacts } from '../../data/rows.ts';
import { openRunData } from '../../runs/index.ts';
import { rowsWithin, storedArray, valuesOf } from '../../samples/index.ts';
import { recordedEncoding } from '../../tables/index.ts';
import { firstBytes } from '../../views/pictures/input.ts';
import type { ImageSet, RowSet, SampleSet } from '../protocol.ts';

/** Bytes of samples that are sent; the first ones, if there are more. */
const MOST = 2 ** 27;
/** Rows that are sent: each has a name. */
const MOST_ROWS = 100_000;

type Opened = Awaited<ReturnType<typeof openRunData>>['dataset'];

export async function samplesOf(
  folder: string,
  split: 'train' | 'test',
  dataDir: string | null,
): Promise<SampleSet> {
  const { dataset } = await openRunData(folder, dataDir === null ? {} : { dataDir });
  return dataset[split].spec.kind === 'row' ? rowsOf(dataset, split) : imagesOf(dataset, split);
}

async function imagesOf(dataset: Opened, split: 'train' | 'test'): Promise<ImageSet> {
  const { height, width, channels, classes, [split]: source } = dataset;
  const most = Math.max(1, Math.floor(MOST / (height * width * channels)));
  const { images: values, count } = await firstBytes(source, most);
  const labels = source.labels.slice(0, count);
  return { kind: 'image', count, height, width, channels, values, labels, classes };
}

async function rowsOf({ classes, table, ...dataset }: Opened, split: 'train' | 'test'): Promise<RowSet> {
  const { [split]: source } = dataset;
  const count = Math.min(source.count, rowsWithin(MOST, 4 * valuesOf(source.spec), MOST_ROWS));
  const values = storedArray(source.spec, count) as Float32Array;
  await source.read(
    Uint32Array.from({ length: count }, (_, i) => i),
    values,
  );
  return {
    ...{ kind: 'row', count, values, classes },
    labels: source.labels.slice(0, count),
    names: source.names?.slice(0, count) ?? Array.from({ length: count }, (_, i) => String(i + 1)),
    encoding: table?.encoding ?? recordedEncoding({ ...rowFacts(source.spec)!, table: null }),
  };
}
