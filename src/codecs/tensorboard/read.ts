/**
 * Event files, read back: steps, tags and what the summaries hold, as far as this folder writes it. For tests
 * and tools; TensorBoard itself reads more. Summaries in other forms are kept by tag and plugin alone.
 */
import { damaged, readRecords } from './records.ts';
import { readTensor, type Tensor } from './tensor.ts';
import { readBytes, readDouble, readInt, readMessage, readText } from './wire.ts';

export type SummaryData =
  | { kind: 'scalar'; value: number }
  | { kind: 'images'; width: number; height: number; pngs: Uint8Array[] }
  /** Rows of [left edge, right edge, count], flat. */
  | { kind: 'histogram'; buckets: Float64Array }
  | { kind: 'text'; shape: readonly number[]; texts: string[] }
  | { kind: 'other' };

export interface ReadSummary {
  tag: string;
  /** The metadata of the tag's first value in the file. */
  plugin: string;
  displayName: string;
  description: string;
  content: Uint8Array;
  data: SummaryData;
}

export interface ReadEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  /** A session begins here: earlier events of this step and later ones no longer hold. */
  start?: true;
  graphDef?: Uint8Array;
  summaries: ReadSummary[];
}

export interface EventFile {
  events: ReadEvent[];
  /** Bytes of whole records; less than the file's where the last one is cut off. */
  end: number;
}

type Metadata = Pick<ReadSummary, 'plugin' | 'displayName' | 'description' | 'content'>;

/**
 * The events of a file, up to a last record that is cut off. Bytes in the result are parts of `bytes`.
 * @throws HourglassError (data), with the file's name and the record's offset, for damage.
 */
export function readEvents(bytes: Uint8Array, name: string): EventFile {
  const { records, end } = readRecords(bytes, name);
  const announced = new Map<string, Metadata>();
  const events = records.map(({ offset, data }) => {
    try {
      return readEvent(data, announced);
    } catch (cause) {
      throw damaged(name, offset, 'must hold an event', (cause as Error).message, cause);
    }
  });
  return { events, end };
}

function readEvent(data: Uint8Array, announced: Map<string, Metadata>): ReadEvent {
  const event: ReadEvent = { wallTime: 0, step: 0, summaries: [] };
  readMessage(data, {
    1: readDouble((value) => (event.wallTime = value)),
    2: readInt((value) => (event.step = value)),
    3: readText((value) => (event.fileVersion = value)),
    4: readBytes((value) => (event.graphDef = value)),
    5: readBytes((summary) =>
      readMessage(summary, {
        1: readBytes((value) => event.summaries.push(readSummary(value, announced))),
      }),
    ),
    7: readBytes((log) =>
      readMessage(log, {
        1: readInt((status) => {
          if (status === 1) event.start = true;
        }),
      }),
    ),
  });
  return event;
}

function readSummary(data: Uint8Array, announced: Map<string, Metadata>): ReadSummary {
  let tag = '';
  let tensor: Tensor | undefined;
  let metadata: Metadata = { plugin: '', displayName: '', description: '', content: new Uint8Array() };
  readMessage(data, {
    1: readText((value) => (tag = value)),
    8: readBytes((proto) => (tensor = readTensor(proto))),
    9: readBytes((proto) => (metadata = readMetadata(proto))),
  });
  const first = announced.get(tag) ?? metadata;
  announced.set(tag, first);
  return { tag, ...first, data: interpret(first.plugin, tensor) };
}

function readMetadata(data: Uint8Array): Metadata {
  const metadata: Metadata = { plugin: '', displayName: '', description: '', content: new Uint8Array() };
  readMessage(data, {
    1: readBytes((plugin) =>
      readMessage(plugin, {
        1: readText((value) => (metadata.plugin = value)),
        2: readBytes((value) => (metadata.content = value)),
      }),
    ),
    2: readText((value) => (metadata.displayName = value)),
    3: readText((value) => (metadata.description = value)),
  });
  return metadata;
}

function interpret(plugin: string, tensor: Tensor | undefined): SummaryData {
  if (plugin === 'scalars' && tensor?.dtype === 'float32' && tensor.values.length === 1) {
    return { kind: 'scalar', value: tensor.values[0]! };
  }
  if (plugin === 'histograms' && tensor?.dtype === 'float64' && tensor.shape[1] === 3) {
    return { kind: 'histogram', buckets: tensor.values };
  }
  if (tensor?.dtype !== 'string') return { kind: 'other' };
  const values = tensor.values as Uint8Array[];
  if (plugin === 'text') return { kind: 'text', shape: tensor.shape, texts: values.map(utf8) };
  if (plugin !== 'images' || values.length < 2) return { kind: 'other' };
  const [width, height] = [Number(utf8(values[0]!)), Number(utf8(values[1]!))];
  return { kind: 'images', width, height, pngs: values.slice(2) };
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
