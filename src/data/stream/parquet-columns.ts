/** Which column of a Parquet file has the pictures, and the classes of its rows. */
import { parquetSchema } from 'hyparquet';
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import type { ParquetFile } from './parquet-file.ts';

const NAMES = /^(images?|imgs?|pictures?|photos?|jpe?g|png|pixels)$/i;

/** The column that is built like one of pictures, else the one that is called so; null if there is none. */
export function pictureColumn({ metadata }: ParquetFile): string | null {
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

/** @throws HourglassError (data) naming the file, unless the column has bytes. */
export function requirePictures({ path, metadata }: ParquetFile, column: string): void {
  const child = parquetSchema(metadata).children.find(({ element }) => element.name === column);
  const bytes = child?.children.find(({ element }) => element.name === 'bytes')?.element ?? child?.element;
  const isTexts = (child !== undefined && isText(child.element)) || (bytes !== undefined && isText(bytes));
  if (bytes?.type === 'BYTE_ARRAY' && !isTexts) return;
  throw refuse(
    path,
    `must have pictures as bytes in its column '${column}', alone or as {bytes, path}`,
    child === undefined
      ? 'no such column'
      : isTexts
        ? 'text'
        : (bytes?.type ?? 'something else').toLowerCase(),
  );
}

/** The classes of rows, by default of all; null if there is no column of labels. */
export async function labelsOf(
  { path, metadata, rows }: ParquetFile,
  first = 0,
  count = Number(metadata.num_rows),
): Promise<string[] | null> {
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const column = ['label', 'labels', 'class', 'fine_label', 'target'].find((name) => names.includes(name));
  if (column === undefined) return null;
  const found = (await rows([column], first, first + count)).map((row) => row[column]);
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
