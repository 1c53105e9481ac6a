/** Where the output goes, and in which format. */
import { extname } from 'node:path';
import { HourglassError } from '../errors.ts';

/** `png`: a folder with a file per image. `sheet`: one PNG with many images. The others are one file. */
export const FORMATS = ['png', 'sheet', 'npy', 'npz', 'parquet', 'csv', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

export interface Destination {
  format: Format;
  /** null: standard output. */
  path: string | null;
  /** Whether existing files may be replaced. */
  force: boolean;
  /** Whether CSV keeps text as it is, even if a spreadsheet would compute it. */
  rawCsv?: boolean;
}

const ENDINGS: Readonly<Record<string, Format>> = {
  '.png': 'sheet',
  '.npy': 'npy',
  '.npz': 'npz',
  '.parquet': 'parquet',
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

/** The endings that messages name. */
const USUAL_ENDINGS = ['.png', '.npy', '.npz', '.parquet', '.csv', '.jsonl'];

/** What a path may look like, for example ".png or .npy". */
function paths(possible: readonly Format[]): string {
  const files = USUAL_ENDINGS.filter((ending) => possible.includes(ENDINGS[ending]!));
  const or = files.length < 2 ? files.join('') : `${files.slice(0, -1).join(', ')} or ${files.at(-1)}`;
  return possible.includes('png') ? `${or}, or be a folder` : or;
}

/**
 * The format is the given one, or else that of the ending; a path without an ending is a folder of
 * PNG files. Standard output (`-`, or no path) takes text: CSV, or JSON lines on request.
 * @throws HourglassError (usage) for a format that `possible` does not have, or that cannot be printed.
 */
export function destinationOf(
  {
    out,
    format,
    sheet,
    force,
    rawCsv,
  }: { out?: string; format?: Format; sheet?: boolean; force?: boolean; rawCsv?: boolean },
  possible: readonly Format[],
): Destination {
  const refuse = (subject: string, rule: string, got: unknown, hint?: string) =>
    new HourglassError('usage', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
  const path = out === undefined || out === '-' ? null : out;
  if (sheet && format !== undefined && format !== 'sheet') {
    throw refuse('--sheet', 'writes one PNG with many images, and no other format', format);
  }
  const ending = path === null ? '' : extname(path).toLowerCase();
  const told = path === null ? 'csv' : ending === '' ? 'png' : ENDINGS[ending];
  const chosen = sheet ? 'sheet' : (format ?? told);
  const names = possible.map((one) => (one === 'png' ? 'png (a folder)' : one)).join(', ');
  const isByName = !sheet && format === undefined && path !== null;
  if (chosen === undefined || (isByName && !possible.includes(chosen))) {
    throw refuse('--out', `must end in ${paths(possible)}`, path, `or give --format: ${names}`);
  }
  if (!possible.includes(chosen)) {
    throw refuse(sheet ? '--sheet' : '--format', `must be one of ${names}`, chosen);
  }
  if (path === null && chosen !== 'csv' && chosen !== 'jsonl') {
    throw refuse(
      '--out',
      `must name ${chosen === 'png' ? 'a folder' : 'a file'} for ${chosen}: only text is printed`,
      'none',
    );
  }
  return { format: chosen, path, force: force ?? false, ...(rawCsv ? { rawCsv } : {}) };
}
