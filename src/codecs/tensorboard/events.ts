/**
 * Events: what an event file's records hold. Every function gives whole records, to be appended to a file as
 * they come; a file that ends after any of them is valid. An event file begins with `encodeStart`, and its
 * name must hold `tfevents`. Knows neither file nor clock.
 *
 * Message: https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { HourglassError } from '../../errors.ts';
import { encodeRecord } from './records.ts';
import { dataClassNumber, type SummaryValue } from './summaries.ts';
import { writeTensor } from './tensor.ts';
import { bytes, double, encodeMessage, int, message, optionalText, text, type Write } from './wire.ts';

export interface EventTime {
  /** Seconds since 1970. */
  wallTime: number;
  /** The place on the horizontal axis, a whole number. */
  step: number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** SessionLog.START */
const START = 1;

/** A name TensorBoard takes for an event file's; of a run's files it reads the least name first. */
export function eventFileName(wallTime: number, suffix = 'hourglass'): string {
  return `events.out.tfevents.${String(Math.floor(wallTime)).padStart(10, '0')}.${suffix}`;
}

/**
 * How every event file begins: the format's version, then the start of a session. Where a run goes on in a
 * second file, `step` is the first step it will write: TensorBoard forgets what it has read from there on
 * (its fast loader, the default where it is installed, only as each tag gets a value at such a step).
 */
export function encodeStart(time: EventTime): Bytes {
  const version = record({ ...time, step: 0 }, (event) => {
    text(event, 3, 'brain.Event:2');
    message(event, 10, (source) => text(source, 1, 'hourglass'));
  });
  const start = record(time, (event) => message(event, 7, (log) => int(log, 1, START)));
  const both = new Uint8Array(version.length + start.length);
  both.set(version);
  both.set(start, version.length);
  return both;
}

/**
 * The values of one step, one record. TensorBoard needs a tag's metadata only once a file: given the set of
 * tags already `announced` there, they are left out for those, and new tags are added to it.
 */
export function encodeSummaries(
  time: EventTime,
  values: readonly SummaryValue[],
  announced: Set<string> = new Set(),
): Bytes {
  return record(time, (event) => {
    message(event, 5, (summary) => {
      for (const value of values) {
        if (value.tag === '') {
          throw new HourglassError('usage', {
            subject: 'a summary',
            rule: 'must have a tag',
            got: value.tag,
          });
        }
        message(summary, 1, (proto) => writeValue(proto, value, announced.has(value.tag)));
        announced.add(value.tag);
      }
    });
  });
}

/** The run's graph, as `encodeGraphDef` gives it; TensorBoard shows the last one of a run. */
export function encodeGraph(time: EventTime, graphDef: Uint8Array): Bytes {
  return record(time, (event) => bytes(event, 4, graphDef));
}

function record({ wallTime, step }: EventTime, write: Write): Bytes {
  if (!Number.isFinite(wallTime) || !Number.isSafeInteger(step)) {
    throw new HourglassError('usage', {
      subject: 'an event',
      rule: 'must have a finite time and a whole step',
      got: `time ${wallTime}, step ${step}`,
    });
  }
  return encodeRecord(
    encodeMessage((event) => {
      double(event, 1, wallTime);
      int(event, 2, step);
      write(event);
    }),
  );
}

function writeValue(proto: BinaryWriter, value: SummaryValue, announced: boolean): void {
  text(proto, 1, value.tag);
  writeTensor(proto, 8, value.tensor);
  if (announced) return;
  message(proto, 9, (metadata) => {
    message(metadata, 1, (plugin) => {
      text(plugin, 1, value.plugin);
      if (value.content !== undefined) bytes(plugin, 2, value.content);
    });
    optionalText(metadata, 2, value.displayName);
    optionalText(metadata, 3, value.description);
    int(metadata, 4, dataClassNumber(value));
  });
}
