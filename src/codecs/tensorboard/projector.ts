/**
 * The embedding projector's files: a configuration that names a table of vectors, their labels and a sheet of
 * their pictures. It has no events. TensorBoard looks for the configuration in a run's folder, and only when
 * a run has been added since it last looked; so a run that ends with codes should put them, together with an
 * event file, into a folder of their own.
 */
import { HourglassError } from '../../errors.ts';
import { mosaic } from '../mosaic.ts';
import type { PngImage } from '../png.ts';

export const PROJECTOR_CONFIG = 'projector_config.pbtxt';

/** Files of one table of vectors, as paths relative to the configuration and below it. */
export interface Embedding {
  name: string;
  /** Rows and columns. */
  shape: readonly [number, number];
  tensorPath: string;
  metadataPath?: string;
  /** Pixels of one picture of the sheet. */
  sprite?: { path: string; width: number; height: number };
}

/** The text of {@link PROJECTOR_CONFIG}: a ProjectorConfig message in protobuf's text format. */
export function projectorConfig(embeddings: readonly Embedding[]): string {
  return embeddings
    .map(({ name, shape, tensorPath, metadataPath, sprite }) => {
      const lines = [`tensor_name: ${quote(name)}`, `tensor_path: ${path(tensorPath)}`];
      for (const size of shape) lines.push(`tensor_shape: ${size}`);
      if (metadataPath !== undefined) lines.push(`metadata_path: ${path(metadataPath)}`);
      if (sprite !== undefined) {
        const { width, height } = sprite;
        const dims = `single_image_dim: ${width} single_image_dim: ${height}`;
        lines.push(`sprite { image_path: ${path(sprite.path)} ${dims} }`);
      }
      return `embeddings {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
    })
    .join('');
}

/**
 * A table of vectors [rows, columns]. TensorBoard reads raw little-endian float32 about a hundred times as
 * fast as tab-separated text (10,000 × 32: 3 ms and 300 ms on two shared cores), in a third of the bytes. But
 * it takes a file for text unless it fails to decode as UTF-8, and then refuses it, as it would a table of
 * zeros. Such a table becomes text.
 */
export function embeddingTensor(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
): { bytes: Uint8Array; extension: 'bytes' | 'tsv' } {
  if (values.length !== rows * columns || values.length === 0) {
    throw usage('a table of vectors', `must hold ${rows}×${columns} values, at least one`, values.length);
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  // With TensorFlow it decodes line by line, without it in larger pieces: the first line decides for both.
  const newline = bytes.indexOf(10);
  if (!isUtf8(newline < 0 ? bytes : bytes.subarray(0, newline))) return { bytes, extension: 'bytes' };
  let lines = '';
  for (let row = 0; row < rows; row++) {
    // Nine digits give every float32 back.
    const cells = Array.from(values.subarray(row * columns, (row + 1) * columns), (v) => v.toPrecision(9));
    lines += `${cells.join('\t')}\n`;
  }
  return { bytes: new TextEncoder().encode(lines), extension: 'tsv' };
}

export interface MetadataColumn {
  name: string;
  /** One a vector. */
  values: readonly (string | number)[];
}

/** Labels as tab-separated text. A single column has no header: TensorBoard would take it for a label. */
export function embeddingMetadata(columns: readonly MetadataColumn[]): string {
  const rows = columns[0]?.values.length ?? 0;
  if (rows === 0 || columns.some(({ values }) => values.length !== rows)) {
    const got = columns.map(({ values }) => values.length).join(', ');
    throw usage('labels', 'must have columns of the same length, at least 1', got);
  }
  const lines = columns.length > 1 ? [columns.map(({ name }) => cell(name)).join('\t')] : [];
  for (let row = 0; row < rows; row++) lines.push(columns.map(({ values }) => cell(values[row]!)).join('\t'));
  return lines.map((line) => `${line}\n`).join('');
}

/** A blank line would be skipped, and all labels after it would move up. */
function cell(value: string | number): string {
  const text = String(value).replace(/[\t\r\n]+/g, ' ');
  return text.trim() === '' ? '(blank)' : text;
}

/** TensorBoard refuses a larger sheet; in pixels a side. */
const MAX_SPRITE = 8192;

/** How many pictures of this size fit one sheet. */
export function maxSprites({ width, height }: { width: number; height: number }): number {
  return Math.floor(MAX_SPRITE / Math.max(width, height)) ** 2;
}

/**
 * Pictures [count, height, width, channels] of bytes, row by row on one sheet. It has as many rows as columns,
 * though the last may be empty: TensorBoard finds a picture's row by dividing by the number of rows.
 */
export function spriteSheet(
  pictures: Uint8Array,
  size: { count: number; height: number; width: number; channels?: 1 | 3 },
): PngImage {
  const { count, height, width, channels = 1 } = size;
  if (count < 1 || pictures.length !== count * height * width * channels) {
    const rule = `must hold ${count}×${height}×${width}×${channels} bytes, at least one picture`;
    throw usage('a sprite sheet', rule, pictures.length);
  }
  if (count > maxSprites(size)) {
    const rule = `must have at most ${maxSprites(size)} pictures of ${width}×${height} pixels`;
    throw usage('a sprite sheet', rule, count);
  }
  const side = Math.ceil(Math.sqrt(count));
  return mosaic(pictures, { channels, height, width, columns: side, rows: side, ground: 0 });
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function path(value: string): string {
  // TensorBoard refuses what lies outside the configuration's folder.
  if (value === '' || /^[/~\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(value)) {
    throw usage('a projector file', 'must lie below its configuration', value);
  }
  return quote(value);
}

/** A text as protobuf's text format has it; control characters in octal. */
function quote(value: string): string {
  const escaped = value
    .replace(/["\\]/g, '\\$&')
    .replace(/\p{Cc}/gu, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `"${escaped}"`;
}

function usage(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('usage', { subject, rule, got });
}
