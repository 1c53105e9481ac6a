/**
 * A list of picture files as CSV: a column of paths, and if they are there a class, a split and a mask of each. Paths are
 * relative to the list.
 */
import { createReadStream } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import { csvRecords } from '../csv-records.ts';
import { isAnomaly } from './anomaly-layout.ts';
import { ByteReader } from './bytes.ts';
import type { FoundFile } from './files.ts';
import { isNormalName, type SplitName, splitNamed } from './folder-names.ts';
import { isImageName } from './formats.ts';
import { count, type Layout, type Member } from './layout-parts.ts';
import { normalClass } from './split-layout.ts';

const PATHS = ['path', 'file', 'filename', 'file_name', 'image', 'image_path', 'img'];
const LABELS = ['label', 'class', 'category', 'defect', 'target'];
const SPLITS = ['split', 'subset', 'set'];
const MASKS = ['mask', 'mask_path', 'ground_truth'];

interface Columns {
  path: number;
  label: number;
  split: number;
  mask: number;
}

/** Whether a file is such a list, by its heading and its first line. */
export async function isPictureList(path: string): Promise<boolean> {
  if (!/\.(csv|tsv|txt)$/i.test(path)) return false;
  let columns: Columns | null = null;
  try {
    for await (const { fields } of recordsOf(path)) {
      if (columns !== null) return isImageName(fields[columns.path] ?? '');
      columns = columnsOf(fields);
      if (columns === null) return false;
    }
  } catch {
    // Not text, or not there: reading it as something else says so.
  }
  return false;
}

/** The pictures of a list, and what it says of them. @throws HourglassError (data) naming file and line. */
export async function readPictureList(
  path: string,
): Promise<{ files: FoundFile[]; layout: Layout<FoundFile> }> {
  const folder = dirname(path);
  const fileOf = (given: string): FoundFile => {
    const inside = isAbsolute(given) ? relative(folder, given) : given;
    const name = inside.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
    return { path: Buffer.from(resolve(folder, given)), name: `${folder}/${name}`, folder: null };
  };
  let columns: Columns | null = null;
  const members: Member<FoundFile>[] = [];
  for await (const { line, fields } of recordsOf(path)) {
    if (columns === null) {
      columns = columnsOf(fields)!;
      continue;
    }
    const at = (column: number) => (column < 0 ? '' : (fields[column] ?? '').trim());
    const given = at(columns.path);
    if (given === '') {
      throw refuse(`${path}, line ${line}`, 'must name a picture', 'no path');
    }
    const mask = at(columns.mask);
    members.push({
      file: fileOf(given),
      class: at(columns.label).slice(0, 100) || NO_CLASS,
      split: splitIn(at(columns.split), `${path}, line ${line}`),
      ...(mask === '' ? {} : { mask: fileOf(mask) }),
    });
  }
  const normal = normalOf(members);
  const masks = members.filter((member) => member.mask !== undefined).length;
  const parts = [
    `${count(members.length, 'picture')} listed in ${path}`,
    ...(normal === null ? [] : [`only '${normal}' is trained on, the other classes are in the test split`]),
    ...(masks > 0
      ? [`${count(masks, 'picture')} with a mask of ${masks === 1 ? 'its' : 'their'} defects`]
      : []),
  ];
  const files = members.flatMap(({ file, mask }) => (mask === undefined ? [file] : [file, mask]));
  return { files, layout: { members, note: parts.join('; '), normal } };
}

/** The normal class. Where a list has no splits, pictures of defects are for the test, as in folders. */
function normalOf(members: Member<FoundFile>[]): string | null {
  if (members.some(({ split }) => split !== null)) return normalClass(members);
  const classes = [...new Set(members.map((member) => member.class))];
  const hasMasks = members.some(({ mask }) => mask !== undefined);
  if (!isAnomaly(hasMasks ? [...classes, 'masks'] : classes)) return null;
  const normal = classes.find(isNormalName)!;
  for (const member of members) if (member.class !== normal) member.split = 'test';
  return normal;
}

function splitIn(given: string, subject: string): SplitName | null {
  if (given === '') return null;
  const split = splitNamed(given);
  if (split !== null) return split;
  throw refuse(subject, 'must have a split of train, validation or test, or none', given.slice(0, 40));
}

function columnsOf(heading: readonly string[]): Columns | null {
  const names = heading.map((name) =>
    name
      .replace(/^\ufeff/, '')
      .trim()
      .toLowerCase()
      .replaceAll(/[- ]/g, '_'),
  );
  const column = (known: readonly string[]) => names.findIndex((name) => known.includes(name));
  const path = column(PATHS);
  return path < 0 ? null : { path, label: column(LABELS), split: column(SPLITS), mask: column(MASKS) };
}

async function* recordsOf(path: string) {
  const stream = createReadStream(path);
  try {
    yield* csvRecords(new ByteReader(stream, path), 'must be a list of pictures as CSV');
  } finally {
    stream.destroy();
  }
}

function refuse(subject: string, rule: string, got: string): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
