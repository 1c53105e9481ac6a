/** Parquet files with a column of pictures, in the layout of Hugging Face: `{bytes, path}`, and a column of labels. */
import { stat } from 'node:fs/promises';
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
import { labelsOf, pictureColumn, requirePictures } from './parquet-columns.ts';
import { picturesOfGroup } from './parquet-pictures.ts';
import { MIXED, pictureSet } from './picture-set.ts';
import type { RowGroup } from './start.ts';
import { splitOfShard } from './tar-set.ts';
import { parquetFile } from './threaded-parquet-file.ts';

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
  if (members.length === 0) {
    throw new HourglassError('data', {
      subject: folder,
      rule: 'must have at least one picture',
      got: 'none',
    });
  }
  const cache = new BlockCache((group: number) => picturesOfGroup(files, column, groups[group]!));
  const bytesOf = async ({ group, row }: ParquetPicture) => (await cache.get(group)).at(row);
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
    async (i, most) => (await cache.get(i)).first.subarray(0, most),
  );
  const mixed = Math.max(1, Math.min(MIXED, Math.floor(MIXED_BYTES / largest)));
  const start = { type: 'parquet', files: paths, column, groups, blocks: Uint32Array.from(starts) } as const;
  return pictureSet({ about, plan, start, mixed, identity, notes }, settings);
}
