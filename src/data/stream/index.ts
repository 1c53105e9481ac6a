/**
 * Data sets that need not fit into memory: folders of pictures, tar shards, Parquet files with pictures, arrays in NPY and IDX files. An index of
 * what lies where is made when one is opened; samples are read and decoded on a thread while training computes. Knows
 * no models.
 */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { HourglassError } from '../../errors.ts';
import {
  bytesPerValue,
  type LabelledSource,
  memorySource,
  type StoredValues,
  storedArray,
  valuesOf,
} from '../../samples/index.ts';
import type { DataOptions, Dataset, LabelledImages, SampleSet } from '../dataset.ts';
import { DATASET_NAMES } from '../registry.ts';
import { fileKind, requireShard, shardsIn } from './find.ts';
import { parquetSet } from './parquet-set.ts';
import { tarSet } from './tar-set.ts';
import { valuesSet } from './values-set.ts';

export { fileKind };

/** Bytes of values that are held in memory unless a setting says otherwise. */
const HELD = 2 ** 28;
/** Samples that are read at once into memory. */
const ROWS = 256;

/**
 * The samples of tar shards, in a folder or alone, or of an array in a file; null if the name is of something else.
 * @throws HourglassError (data) for files that are damaged or cut short.
 */
export async function openStream(name: string, { images = {} }: DataOptions): Promise<SampleSet | null> {
  if (DATASET_NAMES.includes(name)) return null;
  const found = await stat(name).catch(() => null);
  if (found === null) return null;
  const path = resolve(name);
  if (found.isDirectory()) {
    const { tars, parquets } = await shardsIn(path);
    if (tars.length > 0) return tarSet(path, basename(path), tars, images);
    return parquets.length > 0 ? parquetSet(path, basename(path), parquets, images) : null;
  }
  if (!found.isFile()) return null;
  const kind = await fileKind(path);
  if (kind === 'tar') return tarSet(path, basename(path).replace(/\.tar$/i, ''), [path], images);
  if (kind === 'parquet') return parquetSet(path, basename(path).replace(/\.parquet$/i, ''), [path], images);
  if (kind === 'array') return valuesSet(path, images);
  requireShard(path, null);
  return null;
}

/** Held in memory where it is small and no setting says otherwise. */
export async function fitting(set: SampleSet, options: DataOptions): Promise<SampleSet> {
  const { train, validation, test } = set;
  // What has no identity of its own is in memory already.
  if (train.identity === undefined) return set;
  const total = train.count + (validation?.count ?? 0) + test.count;
  const isSmall = total * valuesOf(train.spec) * bytesPerValue(train.spec.storage) <= HELD;
  if (options.images?.stream ?? !isSmall) return set;
  let read = 0;
  const progress = (rows: number) => {
    read += rows;
    options.onRead?.({ read, total });
  };
  // The same order of an epoch and the same identity as where they are not held.
  const held = async (source: LabelledSource): Promise<LabelledSource> => {
    const values = await valuesIn(source, set.name, progress, options.signal);
    return { ...source, read: memorySource(source.spec, values).read };
  };
  return {
    ...set,
    train: await held(train),
    validation: validation && (await held(validation)),
    test: await held(test),
  };
}

/** All stored values of a source. */
async function valuesIn(
  source: LabelledSource,
  name: string,
  onRead: (rows: number) => void,
  signal: AbortSignal | undefined,
): Promise<StoredValues> {
  const size = valuesOf(source.spec);
  const values = storedArray(source.spec, source.count);
  for (let first = 0; first < source.count; first += ROWS) {
    if (signal?.aborted)
      throw new HourglassError('interrupted', { subject: name, rule: 'was not read to its end' });
    const rows = Math.min(ROWS, source.count - first);
    const indices = Uint32Array.from({ length: rows }, (_, i) => first + i);
    await source.read(indices, values.subarray(first * size, (first + rows) * size));
    onRead(rows);
  }
  return values;
}

/** All samples of a set in memory. @throws HourglassError (data) if they are not bytes. */
export async function heldInMemory(
  set: SampleSet,
  { onRead, signal }: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<Dataset> {
  const { train, validation, test } = set;
  const total = train.count + (validation?.count ?? 0) + test.count;
  let read = 0;
  const progress = (rows: number) => {
    read += rows;
    onRead?.({ read, total });
  };
  const held = async (source: LabelledSource): Promise<LabelledImages> => {
    const values = await valuesIn(source, set.name, progress, signal);
    if (values instanceof Uint8Array) {
      const { labels, count, names } = source;
      return { images: values, labels, count, ...(names === undefined ? {} : { names }) };
    }
    throw new HourglassError('data', {
      subject: set.name,
      rule: 'must hold bytes to be read into memory as images',
      got: source.spec.storage,
    });
  };
  return {
    ...set,
    train: await held(train),
    validation: validation && (await held(validation)),
    test: await held(test),
  };
}
