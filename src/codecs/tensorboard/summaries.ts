/**
 * Summary values: what TensorBoard's dashboards show, one value a tag and step, as tensors with the metadata
 * that tell it which dashboard they belong to. The forms are those of TensorBoard's second summary API:
 * https://github.com/tensorflow/tensorboard/tree/master/tensorboard/plugins, summary_v2.py of each.
 */
import { HourglassError } from '../../errors.ts';
import type { Tensor } from './tensor.ts';

/** How a dashboard labels a tag; it takes both from the tag's first value in a run. */
export interface Labels {
  /** Shown instead of the tag. */
  displayName?: string;
  /** Markdown. */
  description?: string;
}

/** DataClass of summary.proto. */
const DATA_CLASS = { scalar: 1, tensor: 2, blobs: 3 } as const;

export interface SummaryValue extends Labels {
  /** The series' name; what stands before a slash groups it. */
  tag: string;
  plugin: string;
  dataClass: keyof typeof DATA_CLASS;
  /** The plugin's own message. */
  content?: Uint8Array;
  tensor: Tensor;
}

export function dataClassNumber(value: SummaryValue): number {
  return DATA_CLASS[value.dataClass];
}

/** One number of a curve, kept as float32; NaN and infinities are shown as such. */
export function scalar(tag: string, value: number, labels: Labels = {}): SummaryValue {
  const tensor = { dtype: 'float32', shape: [], values: Float32Array.of(value) } as const;
  return { ...labels, tag, plugin: 'scalars', dataClass: 'scalar', tensor };
}

/** PNG files side by side; their size is read from the first one, and all should have it. */
export function images(tag: string, pngs: readonly Uint8Array[], labels: Labels = {}): SummaryValue {
  const [width, height] = pngSize(pngs[0], tag);
  const values = [String(width), String(height), ...pngs];
  const tensor = { dtype: 'string', shape: [values.length], values } as const;
  return { ...labels, tag, plugin: 'images', dataClass: 'blobs', tensor };
}

/** A distribution: rows of [left edge, right edge, count], as `countBuckets` gives them. */
export function histogram(tag: string, buckets: Float64Array, labels: Labels = {}): SummaryValue {
  if (buckets.length % 3 !== 0) {
    throw usage(tag, 'its buckets must be rows of left edge, right edge and count', buckets.length);
  }
  const tensor = { dtype: 'float64', shape: [buckets.length / 3, 3], values: buckets } as const;
  return { ...labels, tag, plugin: 'histograms', dataClass: 'tensor', tensor };
}

export type Text = string | readonly string[] | readonly (readonly string[])[];

/** Markdown; a list of texts becomes a column, and a list of rows a table. */
export function text(tag: string, content: Text, labels: Labels = {}): SummaryValue {
  return { ...labels, tag, plugin: 'text', dataClass: 'tensor', tensor: textTensor(tag, content) };
}

function textTensor(tag: string, content: Text): Tensor {
  if (typeof content === 'string') return { dtype: 'string', shape: [], values: [content] };
  const rows: readonly (string | readonly string[])[] = content;
  const columns = Array.isArray(rows[0]) ? rows[0].length : undefined;
  if (rows.some((row) => (typeof row === 'string' ? undefined : row.length) !== columns)) {
    throw usage(tag, 'all rows of its table must be of the same length', rows.length);
  }
  const shape = columns === undefined ? [rows.length] : [rows.length, columns];
  return { dtype: 'string', shape, values: rows.flat() as string[] };
}

/** Width and height stand at bytes 16 to 23 of every PNG file. */
function pngSize(png: Uint8Array | undefined, tag: string): [number, number] {
  if (png === undefined) throw usage(tag, 'must have at least one picture', 0);
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.length < 24 || view.getUint32(0) !== 0x89504e47) {
    throw usage(tag, 'its pictures must be PNG files', `${png.length} other bytes`);
  }
  return [view.getUint32(16), view.getUint32(20)];
}

function usage(tag: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('usage', { subject: `summary ${tag}`, rule, got });
}
