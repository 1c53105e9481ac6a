/** Files of nothing but numbers, row after row: any of their rows can be read alone, so a table of them need not fit into memory. */
import type { FileHandle } from 'node:fs/promises';
import { isNpy, MAX_NPY_HEADER } from '../../codecs/npy.ts';
import { type NumberFormat, numberSize, readNumbersHeader } from '../../codecs/npy-numbers.ts';
import { safetensorsHead } from '../../codecs/safetensors.ts';
import { tensorPlaces } from '../../codecs/safetensors-numbers.ts';
import { HourglassError } from '../../errors.ts';
import { openFile } from '../images/files.ts';
import { rowsAlone } from './arrays.ts';
import { checkCount } from './reader.ts';
import type { Shard } from './shards.ts';

/** A file whose rows lie one after the other. */
export interface FlatFile extends Shard {
  format: NumberFormat;
  /** Where the first row begins, in bytes. */
  offset: number;
  rows: number;
  /** The length of the file. */
  bytes: number;
}

export interface FlatRows {
  files: readonly FlatFile[];
  columns: number;
  count: number;
  /** The format of the first file, in words. */
  about: string;
}

/**
 * The rows of files, if all of them are NPY in C order or safetensors with one array of rows; null otherwise.
 * @param array the name of the array in safetensors.
 * @throws HourglassError (data) for files with different numbers of columns, and for damaged ones.
 */
export async function flatRows(
  shards: readonly Shard[],
  array: string | undefined,
): Promise<FlatRows | null> {
  const files: FlatFile[] = [];
  let first: { columns: number; about: string } | null = null;
  for (const shard of shards) {
    const found = await flatFile(shard, array);
    if (found === null) return null;
    const { columns, about, ...file } = found;
    first ??= { columns, about };
    if (columns !== first.columns) {
      throw new HourglassError('data', {
        subject: shard.name,
        rule: `must have ${first.columns} columns, as ${shards[0]!.name}`,
        got: columns,
        hint: 'give files of one table, or name one file',
      });
    }
    files.push(file);
  }
  const count = files.reduce((sum, { rows }) => sum + rows, 0);
  return first === null || count === 0 ? null : { ...first, files, count };
}

async function flatFile(
  shard: Shard,
  array: string | undefined,
): Promise<(FlatFile & { columns: number; about: string }) | null> {
  const { file, size } = await openFile(shard.path, shard.name);
  try {
    const head = await beginning(file, MAX_NPY_HEADER);
    const found = isNpy(head) ? npyRows(head, shard) : await tensorRows(file, head, size, shard, array);
    if (found === null) return null;
    checkCount(found.columns, shard.name);
    const end = found.offset + found.rows * found.columns * numberSize(found.format.type);
    if (size < end) {
      throw new HourglassError('data', {
        subject: shard.name,
        rule: 'must not be cut off',
        got: `an end ${end - size} bytes too early`,
      });
    }
    return { ...shard, ...found, bytes: size };
  } finally {
    await file.close();
  }
}

type Found = Pick<FlatFile, 'format' | 'offset' | 'rows'> & { columns: number; about: string };

function npyRows(head: Uint8Array, { name }: Shard): Found | null {
  const { shape, fortran, type, littleEndian, header } = readNumbersHeader(head, name);
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || fortran || columns === 0) return null;
  return { format: { type, littleEndian }, offset: header, rows, columns, about: `NPY ${type}` };
}

async function tensorRows(
  file: FileHandle,
  head: Uint8Array,
  size: number,
  { name }: Shard,
  array: string | undefined,
): Promise<Found | null> {
  // Eight bytes with the length of a JSON header, which is far below 2³².
  if (head.length < 9 || head.subarray(4, 8).some((byte) => byte !== 0) || head[8] !== 0x7b) return null;
  const whole = await beginning(file, safetensorsHead(head, size, name));
  const rows = rowsAlone(name, tensorPlaces(whole, size, name), array);
  if (rows === null) return null;
  const { begin, shape, type, dtype, name: own } = rows;
  return {
    ...{ format: { type, littleEndian: true }, offset: begin, rows: shape[0]!, columns: shape[1]! },
    about: `safetensors ${dtype}, array '${own}'`,
  };
}

async function beginning(file: FileHandle, most: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(most);
  let at = 0;
  while (at < most) {
    const { bytesRead } = await file.read(bytes, at, most - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
