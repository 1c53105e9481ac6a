import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../../errors.ts';
import { encodePng } from '../png.ts';
import {
  countBuckets,
  encodeGraph,
  encodeStart,
  encodeSummaries,
  eventFileName,
  histogram,
  hparamsEnd,
  hparamsExperiment,
  hparamsStart,
  images,
  readEvents,
  type SummaryValue,
  scalar,
  text,
} from './index.ts';
import { encodeRecord, readRecords } from './records.ts';

const png = (fill: number) =>
  encodePng({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(fill) });
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const at = (step: number) => ({ wallTime: 1_700_000_000.5 + step, step });
const one = (value: SummaryValue) =>
  readEvents(encodeSummaries(at(1), [value]), 'f').events[0]!.summaries[0]!;

/** One of every kind. */
const KINDS = [
  scalar('loss/train', 0.25, { displayName: 'Loss', description: '**sum** of squares' }),
  images('reconstructions', [png(1), png(2)]),
  histogram('weights', countBuckets(Float32Array.of(1, 2, 3), 2)),
  text('recipe', '# Title'),
  hparamsExperiment({
    name: 'λ',
    description: 'd',
    created: 1.5,
    hparams: [
      { name: 'rate', type: 'number', domain: { min: 0, max: 1 } },
      { name: 'act', type: 'string', domain: ['relu', 'tanh'] },
    ],
    metrics: [{ tag: 'loss/test', dataset: 'validation', displayName: 'test loss' }],
  }),
  hparamsStart({ rate: 0, act: '', tied: false }, { started: 2.5, group: 'g' }),
  hparamsEnd('success', 3.5),
];
const FILE = join(
  encodeStart(at(0)),
  encodeGraph(at(0), Uint8Array.of(1, 2, 3)),
  encodeSummaries(at(1), KINDS),
);

describe('an event file', () => {
  test('begins with the version and a session', () => {
    const { events, end } = readEvents(encodeStart(at(40)), 'f');
    expect(events).toEqual([
      { ...at(40), step: 0, fileVersion: 'brain.Event:2', summaries: [] },
      { ...at(40), start: true, summaries: [] },
    ]);
    expect(end).toBe(encodeStart(at(40)).length);
  });

  test('has a name that TensorBoard looks for and sorts by time', () => {
    expect(eventFileName(1_700_000_000.9)).toBe('events.out.tfevents.1700000000.hourglass');
    expect(eventFileName(5, 'a') < eventFileName(10, 'a')).toBe(true);
  });

  test('gives every kind of value back', () => {
    const [, , graph, event] = readEvents(FILE, 'f').events;
    expect(graph!.graphDef).toEqual(Uint8Array.of(1, 2, 3));
    expect(event).toMatchObject(at(1));
    expect(event!.summaries.map(({ tag, plugin }) => [tag, plugin])).toEqual([
      ['loss/train', 'scalars'],
      ['reconstructions', 'images'],
      ['weights', 'histograms'],
      ['recipe', 'text'],
      ['_hparams_/experiment', 'hparams'],
      ['_hparams_/session_start_info', 'hparams'],
      ['_hparams_/session_end_info', 'hparams'],
    ]);
    const [loss, pictures, weights, recipe] = event!.summaries;
    expect(loss).toMatchObject({ displayName: 'Loss', description: '**sum** of squares' });
    expect(loss!.data).toEqual({ kind: 'scalar', value: 0.25 });
    expect(pictures!.data).toEqual({ kind: 'images', width: 3, height: 2, pngs: [png(1), png(2)] });
    expect(weights!.data).toEqual({ kind: 'histogram', buckets: Float64Array.of(1, 2, 1, 2, 3, 2) });
    expect(recipe!.data).toEqual({ kind: 'text', shape: [], texts: ['# Title'] });
  });

  test('is the same bytes for the same values', () => {
    expect(encodeSummaries(at(1), KINDS)).toEqual(encodeSummaries(at(1), KINDS));
  });

  test('can be read from memory that is not aligned', () => {
    const shifted = join(new Uint8Array(3), FILE).subarray(3);
    expect(readEvents(shifted, 'f')).toEqual(readEvents(FILE, 'f'));
  });

  test('needs the metadata of a tag once', () => {
    const announced = new Set<string>();
    const first = encodeSummaries(at(1), [scalar('a', 1), scalar('b', 2)], announced);
    const second = encodeSummaries(at(2), [scalar('a', 3), scalar('c', 4)], announced);
    expect([...announced]).toEqual(['a', 'b', 'c']);
    expect(encodeSummaries(at(2), [scalar('a', 3)], announced).length).toBeLessThan(
      encodeSummaries(at(2), [scalar('a', 3)]).length,
    );
    const { summaries } = readEvents(join(first, second), 'f').events[1]!;
    expect(summaries.map(({ data }) => data)).toEqual([
      { kind: 'scalar', value: 3 },
      { kind: 'scalar', value: 4 },
    ]);
  });
});

describe('values at the edge', () => {
  test.each([0, -0, Number.NaN, Infinity, -Infinity, 1e-45])('the scalar %d', (value) => {
    expect(one(scalar('t', value)).data).toEqual({ kind: 'scalar', value: Math.fround(value) });
  });

  test('a histogram of nothing', () => {
    const { data } = one(histogram('t', countBuckets(new Float32Array())));
    expect(data).toEqual({ kind: 'histogram', buckets: new Float64Array() });
  });

  test('texts as lists and tables', () => {
    expect(one(text('t', ['a', 'é'])).data).toEqual({ kind: 'text', shape: [2], texts: ['a', 'é'] });
    const table = [
      ['a', 'b', ''],
      ['c', 'd', 'e'],
    ];
    expect(one(text('t', table)).data).toMatchObject({ shape: [2, 3], texts: table.flat() });
    expect(one(text('t', [])).data).toEqual({ kind: 'text', shape: [0], texts: [] });
  });

  test('any text, any step', () => {
    const letters = fc.constantFrom(...'a/é😀\0\n"');
    const cases = fc.record({
      tag: fc.string({ unit: letters, minLength: 1 }),
      content: fc.string({ unit: letters }),
      step: fc.maxSafeInteger(),
    });
    fc.assert(
      fc.property(cases, ({ tag, content, step }) => {
        const [event] = readEvents(encodeSummaries({ wallTime: 0, step }, [text(tag, content)]), 'f').events;
        expect(event).toMatchObject({ step, summaries: [{ tag, data: { texts: [content] } }] });
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test.each([
    ['an empty tag', () => encodeSummaries(at(0), [scalar('', 1)])],
    ['half a step', () => encodeStart({ wallTime: 0, step: 0.5 })],
    ['no time', () => encodeStart({ wallTime: Number.NaN, step: 0 })],
    ['no picture', () => images('t', [])],
    ['a picture that is no PNG', () => images('t', [new Uint8Array(30)])],
    ['a ragged table', () => text('t', [['a'], ['b', 'c']])],
    ['a bucket without a count', () => histogram('t', Float64Array.of(1, 2))],
  ])('%s is refused', (_, build) => expect(build).toThrow(HourglassError));
});

describe('hostile files', () => {
  test('a truncated file gives its whole events', () => {
    const whole = readEvents(FILE, 'f');
    for (const keep of [0, 1, 11, 40, FILE.length - 1]) {
      const { events, end } = readEvents(FILE.subarray(0, keep), 'f');
      expect(end).toBeLessThanOrEqual(keep);
      expect(events).toEqual(whole.events.slice(0, events.length));
    }
  });

  test('records that are no events are refused by name and offset', () => {
    const file = join(encodeStart(at(0)), encodeRecord(Uint8Array.of(0x0a, 0xff)));
    const offset = encodeStart(at(0)).length;
    expect(() => readEvents(file, 'a.tfevents')).toThrow(HourglassError);
    expect(() => readEvents(file, 'a.tfevents')).toThrow(
      `a.tfevents, record at byte ${offset}: must hold an event`,
    );
  });

  test('any content of a record gives events or a HourglassError', () => {
    const contents = readRecords(FILE, 'f').records.map(({ data }) => new Uint8Array(data));
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    const edited = fc.tuple(fc.constantFrom(...contents), changes).map(([data, edits]) => {
      const copy = data.slice();
      for (const [place, value] of edits) copy[place % copy.length] = value;
      return copy;
    });
    const read = (data: Uint8Array) => {
      try {
        expect(readEvents(encodeRecord(data), 'f').events).toHaveLength(1);
      } catch (error) {
        expect(error).toBeInstanceOf(HourglassError);
      }
    };
    fc.assert(fc.property(edited, read), { seed: 8, numRuns: 1000 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), read), { seed: 9, numRuns: 500 });
  });
});
