/** A table on disk as a data set: read once, split, and encoded by what its training rows hold. */
import { basename, resolve } from 'node:path';
import type { SampleSet } from '../dataset.ts';
import { DATASET_NAMES } from '../registry.ts';
import {
  assembleTable,
  type OpenTableSettings,
  type ReadTable,
  type ReadTableOptions,
  tableSet,
} from './assemble.ts';
import { shardRows, shardsOf } from './shards.ts';

export type { OpenTableSettings } from './assemble.ts';

/** `free`: by default what the system and its limits say. */
type Options = Omit<ReadTableOptions, 'free'> & { free?: number };

interface StreamOptions extends Options {
  /** Whether rows are read whenever they are needed; by default where there are too many to hold. */
  stream?: boolean | undefined;
}

/**
 * Opens a table as a data set. Rows of large NPY and safetensors files are read when they are needed.
 * @throws HourglassError: usage for a setting; data for a file that is damaged, empty or not what it was taken for, with file,
 * row and column.
 */
export async function openTable(
  path: string,
  settings: OpenTableSettings = {},
  { stream, ...options }: StreamOptions = {},
): Promise<SampleSet> {
  const name = nameOf(path);
  const { flatRows } = await import('./flat-rows.ts');
  const flat = stream === false ? null : await flatRows(await shardsOf(path), settings.array);
  const { isStreamed, streamedTable } = await import('./flat-set.ts');
  if (isStreamed(flat, settings, stream))
    return streamedTable({ name, path, whole: resolve(path) }, flat, settings, options);
  return tableSet(name, await readTable(path, settings, options));
}

/** Reads a table, divides its rows, and learns its encoding. */
export async function readTable(
  path: string,
  settings: OpenTableSettings,
  { free = process.availableMemory(), ...options }: Options = {},
): Promise<ReadTable> {
  const shards = await shardsOf(path);
  const { header, array } = settings;
  const how = { header, array, signal: options.signal };
  const rows = {
    ...{ path, whole: resolve(path), files: shards.map(({ name }) => name) },
    groups: (onFormat: (about: string) => void) => shardRows({ shards, settings: how, onFormat }),
  };
  return assembleTable(rows, settings, { ...options, free });
}

/** The name that results carry: that of the file or the folder. */
function nameOf(path: string): string {
  const base = basename(resolve(path));
  return DATASET_NAMES.includes(base) ? `${base}-table` : base;
}
