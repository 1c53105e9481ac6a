/** Parquet files with a column of pictures, in the layout of Hugging Face: `{bytes, path}`, and a column of labels. */
import { stat } from 'node:fs/promises';
import { parquetSchema } from 'hyparquet';
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import type { SampleSet } from '../dataset.ts';
import { convertFile, inspectFile } from '../images/convert.ts';
import type { FolderSettings } from '../images/folder-settings.ts';
import type { ImageFile, ImageReader } from '../images/image-file.ts';
import type { Member } from '../images/layout-parts.ts';
import { LeftOut } from '../images/left-out.ts';
import { planSet } from '../images/plan-set.ts';
import { BlockCache } from './block-cache.ts';
import { identityOfPictures } from './identity.ts';
import { type ParquetFile, parquetFile } from './parquet-file.ts';
import { picturesOfGroup } from './parquet-pictures.ts';
import { MIXED, pictureSet } from './picture-set.ts';
import type { RowGroup } from './start.ts';
import { splitOfShard } from './tar-set.ts';

interface ParquetPicture extends ImageFile {
  group: number;
  row: number;
}

const MAX_CLASSES = 256;
/** Bytes of the row groups that are mixed. */
const MIXED_BYTES = 3 * 2 ** 24;

/**
 * @returns null if no column is called or built like one of pictures: the files are tables.
 * @throws HourglassError (data) naming the file, for one that is damaged, and for a column of pictures without bytes.
 */
export async function parquetSet(
  folder: string,
  name: string,
  paths: readonly string[],
  settings: FolderSettings,
): Promise<SampleSet | null> {
  const files = await Promise.all(paths.map(async (path) => parquetFile(path, (await stat(path)).size)));
  const column = pictureColumn(files[0]!);
  if (column === null) return null;
  for (const file of files) requirePictures(file, column);
  const groups: RowGroup[] = [];
  const members: Member<ParquetPicture>[] = [];
  const starts: number[] = [];
  let largest = 1;
  for (const [i, file] of files.entries()) {
    const split = splitOfShard(file.path);
    const labels = await labelsOf(file);
    let first = 0;
    for (const group of file.metadata.row_groups) {
      const rows = Number(group.num_rows);
      starts.push(members.length);
      largest = Math.max(largest, Number(group.total_byte_size));
      for (let row = 0; row < rows; row++) {
        const at = first + row;
        members.push({
          file: { name: `${file.path}[${at}]`, group: groups.length, row },
          class: labels?.[at] ?? NO_CLASS,
          split,
        });
      }
      groups.push({ file: i, first, rows });
      first += rows;
    }
  }
  const notes: string[] = [];
  const classes = new Set(members.map((member) => member.class));
  if (classes.size > MAX_CLASSES) {
    notes.push(
      `${classes.size.toLocaleString('en')} classes are more than ${MAX_CLASSES}: they are left out`,
    );
    for (const member of members) member.class = NO_CLASS;
  }
  if (members.length === 0) throw refuse(folder, 'must have at least one picture', 'none');
  const cache = new BlockCache((group: number) => picturesOfGroup(files, column, groups[group]!));
  const bytesOf = async ({ group, row }: ParquetPicture) => (await cache.get(group)).pictures[row]!;
  const reader: ImageReader<ParquetPicture> = {
    width: 8,
    inspect: async (file) => inspectFile(await bytesOf(file), file.name),
    convert: async (file, to) => convertFile(await bytesOf(file), file.name, to),
  };
  const note = `${paths.length.toLocaleString('en')} Parquet ${paths.length === 1 ? 'file' : 'files'} with ${members.length.toLocaleString('en')} pictures in the column '${column}'`;
  const about = { folder, name, members, note, normal: null, reader, leftOut: new LeftOut(), isMixed: false };
  const plan = await planSet(about, settings);
  const identity = await identityOfPictures(
    groups.length,
    (i) => JSON.stringify([groups[i], paths[groups[i]!.file]!.slice(folder.length)]),
    async (i, most) => (await cache.get(i)).pictures[0]!.subarray(0, most),
  );
  const mixed = Math.max(1, Math.min(MIXED, Math.floor(MIXED_BYTES / largest)));
  const start = { type: 'parquet', files: paths, column, groups, blocks: Uint32Array.from(starts) } as const;
  return pictureSet({ about, plan, start, mixed, identity, notes }, settings);
}

const NAMES = /^(images?|imgs?|pictures?|photos?|jpe?g|png|pixels)$/i;

/** The column that is built like one of pictures, else the one that is called so; null if there is none. */
function pictureColumn({ metadata }: ParquetFile): string | null {
  const { children } = parquetSchema(metadata);
  const built = children.find((child) => child.children.some(({ element }) => element.name === 'bytes'));
  const binary = children.find(
    ({ element, children: below }) =>
      below.length === 0 && element.type === 'BYTE_ARRAY' && !isText(element) && NAMES.test(element.name),
  );
  const called = children.find(({ element }) => NAMES.test(element.name));
  return (built ?? binary ?? called)?.element.name ?? null;
}

const isText = ({
  converted_type,
  logical_type,
}: {
  converted_type?: string;
  logical_type?: { type: string };
}) => converted_type === 'UTF8' || converted_type === 'JSON' || logical_type?.type === 'STRING';

function requirePictures({ path, metadata }: ParquetFile, column: string): void {
  const child = parquetSchema(metadata).children.find(({ element }) => element.name === column);
  const bytes = child?.children.find(({ element }) => element.name === 'bytes')?.element ?? child?.element;
  if (bytes?.type === 'BYTE_ARRAY' && !isText(bytes)) return;
  throw refuse(
    path,
    `must have pictures as bytes in its column '${column}', alone or as {bytes, path}`,
    child === undefined
      ? 'no such column'
      : isText(child.element)
        ? 'text'
        : (bytes?.type ?? 'something else').toLowerCase(),
  );
}

/** The class of each row; null if there is no column of labels. */
async function labelsOf({ path, metadata, rows }: ParquetFile): Promise<string[] | null> {
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const column = ['label', 'labels', 'class', 'fine_label', 'target'].find((name) => names.includes(name));
  if (column === undefined) return null;
  const count = Number(metadata.num_rows);
  const found = (await rows([column], 0, count)).map((row) => row[column]);
  if (found.length !== count) throw refuse(path, `must have ${count} labels`, found.length);
  const classes = classNames(metadata, column);
  const decoder = new TextDecoder();
  return found.map((label) => {
    const text = label instanceof Uint8Array ? decoder.decode(label) : String(label ?? NO_CLASS);
    return (classes?.[Number(text)] ?? text).slice(0, 100);
  });
}

/** The names that Hugging Face keeps for numbers of classes. */
function classNames({ key_value_metadata }: ParquetFile['metadata'], column: string): string[] | null {
  try {
    const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value ?? '';
    const names = JSON.parse(text).info.features[column].names as unknown;
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}

function refuse(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
