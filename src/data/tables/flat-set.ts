/** A table of flat files as a data set whose rows are read whenever they are needed. */
import { createHash } from 'node:crypto';
import { numberSize, numbersOf } from '../../codecs/npy-numbers.ts';
import { HourglassError } from '../../errors.ts';
import { type LabelledSource, subset } from '../../samples/index.ts';
import { describeEncoding, specOfRows } from '../../tables/index.ts';
import type { DataOptions, SampleSet } from '../dataset.ts';
import { sampleSet } from '../source.ts';
import { FileParts } from '../stream/parts.ts';
import type { RowsStart } from '../stream/start.ts';
import { threadedReader } from '../stream/threaded.ts';
import { fileSplitsOf, type OpenTableSettings, placesOf } from './assemble.ts';
import { fitFlat } from './flat-fit.ts';
import type { FlatRows } from './flat-rows.ts';
import { splitRows } from './splits.ts';

/** Cells from which on a table that can be read by rows is not held in memory: 1.5 GiB there. */
const HELD_CELLS = 2 ** 26;
/** Bytes of values that are read together, as floats. */
const BLOCK = 2 ** 17;
/** Blocks that are mixed with one another: 32 MiB. */
const MIXED = 256;
/** Bytes that a pass reads at a time. */
const PIECE = 2 ** 22;
/** Rows whose bytes tell a table from others. */
const LOOKED_AT = 64;

/** Settings that need all rows in memory, with the value that does not. */
function needsMemory(settings: OpenTableSettings): string | null {
  const { label, time, group, normal, types, missing, scaling } = settings;
  const set = { label: label === 'none' ? undefined : label, time, group, normal, types };
  const [named] = Object.entries(set).find(([, value]) => value !== undefined) ?? [];
  if (named !== undefined) return `data.${named}`;
  if (missing !== undefined && missing !== 'refuse') return 'data.missing';
  return scaling === 'robust' ? 'data.scaling=robust' : null;
}

/**
 * Whether rows are read when they are needed: where `stream` says so, or by default where there are too many to hold.
 * @throws HourglassError (usage) for `stream` where that cannot be.
 */
export function isStreamed(
  flat: FlatRows | null,
  settings: OpenTableSettings,
  stream: boolean | undefined,
): flat is FlatRows {
  const obstacle =
    flat === null ? 'a table that is not NPY or safetensors with one array of rows' : needsMemory(settings);
  if (obstacle !== null) {
    if (stream !== true) return false;
    throw new HourglassError('usage', {
      subject: 'data.stream',
      rule: 'needs NPY (in C order) or safetensors with one array of rows, and no setting of labels, groups, times, types, missing values or quartiles',
      got: obstacle,
      hint: 'leave it out: the rows are then held in memory',
    });
  }
  return stream ?? flat!.count * flat!.columns > HELD_CELLS;
}

/** @throws HourglassError as {@link openTable} does. */
export async function streamedTable(
  { name, path, whole }: { name: string; path: string; whole: string },
  flat: FlatRows,
  settings: OpenTableSettings,
  { onRead, signal }: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<SampleSet> {
  const { files, columns, count } = flat;
  const names = files.map((file) => file.name);
  const starts = startsOf(flat);
  const places = placesOf(names, starts);
  const noRoles = { label: null, labelIsGuess: false, time: null, group: null, inputs: [], leftOut: [] };
  const splits = splitRows(
    { rows: count },
    Uint32Array.from({ length: count }, (_, row) => row),
    noRoles,
    settings,
    { file: path, given: fileSplitsOf(names, starts, count) },
  );
  const isTrained = new Uint8Array(count);
  for (const row of splits.train) isTrained[row] = 1;
  const parts = new FileParts(files.map((file) => file.path));
  async function* pass() {
    for (const [shard, { format, offset, rows }] of files.entries()) {
      const size = columns * numberSize(format.type);
      const step = Math.max(1, Math.floor(PIECE / size));
      for (let row = 0; row < rows; row += step) {
        signal?.throwIfAborted();
        const here = Math.min(step, rows - row);
        const bytes = await parts.read(shard, offset + row * size, here * size);
        yield { first: starts[shard]!.row + row, values: numbersOf(format, bytes) };
        onRead?.({ read: starts[shard]!.row + row + here, total: count });
      }
    }
  }
  const { encoding, notes } = await fitFlat(flat, pass, isTrained, settings, places.inErrors);
  const used = encoding.columns.map((column) => Number(column.name.slice(1)) - 1);
  const rowsOfBlock = Math.max(1, Math.floor(BLOCK / (4 * used.length)));
  const blocks = files.flatMap(({ rows }, shard) =>
    Array.from({ length: Math.ceil(rows / rowsOfBlock) }, (_, i) => starts[shard]!.row + i * rowsOfBlock),
  );
  const start: RowsStart = {
    type: 'rows',
    files: files.map((file, i) => ({ ...file, first: starts[i]!.row })),
    columns,
    used: Uint32Array.from(used),
    blocks: Uint32Array.from(blocks),
    count,
  };
  const source: LabelledSource = {
    spec: specOfRows(encoding),
    count,
    labels: splits.labels,
    identity: [await identityOf(flat, parts, encoding.columns.length)],
    blocks: { starts: start.blocks, mixed: MIXED },
    read: threadedReader(start, 'float32'),
  };
  const set = sampleSet({
    name,
    source: `${flat.about}, ${whole}, read as a stream`,
    classes: splits.classes,
    train: subset(source, splits.train),
    validation: splits.validation && subset(source, splits.validation),
    test: subset(source, splits.test),
  });
  const about = describeEncoding(encoding);
  return { ...set, table: { path: whole, encoding, notes, about, splits: splits.note } };
}

/** Where each file begins among all rows; files without rows are left out of errors by having none. */
function startsOf({ files }: FlatRows): { shard: number; row: number }[] {
  let row = 0;
  return files.map(({ rows }, shard) => {
    const start = { shard, row };
    row += rows;
    return start;
  });
}

/** What tells the rows from others: names and lengths of the files, and the bytes of some rows. */
async function identityOf({ files, columns }: FlatRows, parts: FileParts, used: number): Promise<Uint8Array> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([columns, used]));
  for (const [shard, { format, offset, rows, bytes }] of files.entries()) {
    hash.update(JSON.stringify([bytes, format.type, rows]));
    const size = columns * numberSize(format.type);
    const looked = Math.min(rows, Math.max(1, Math.floor(LOOKED_AT / files.length)));
    for (let i = 0; i < looked; i++)
      hash.update(await parts.read(shard, offset + Math.floor((i * rows) / looked) * size, size));
  }
  return hash.digest();
}
