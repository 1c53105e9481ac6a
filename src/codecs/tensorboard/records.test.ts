import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../../errors.ts';
import { crc32c, encodeRecord, readRecords } from './records.ts';

const RUNS = { seed: 5, numRuns: 200 };
const parts = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 });
const join = (frames: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(frames));

test.each([
  // RFC 3720, appendix B.4, and the check value of CRC-32C in Williams' catalogue.
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
  ['ascending bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['descending bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['digits', new TextEncoder().encode('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(), 0],
])('CRC-32C of %s', (_, bytes, crc) => expect(crc32c(bytes)).toBe(crc));

test('a frame has the bytes that TensorBoard itself writes', () => {
  // By tensorboard.summary.writer.record_writer of TensorBoard 2.21.
  const frame = encodeRecord(new TextEncoder().encode('abc'));
  expect(Buffer.from(frame).toString('hex')).toBe('0300000000000000b099490e6162636e57f121');
});

describe('a file', () => {
  test('gives back what was framed, with its offsets', () => {
    fc.assert(
      fc.property(parts, (contents) => {
        const file = join(contents.map(encodeRecord));
        const { records, end } = readRecords(file, 'file');
        expect(records.map(({ data }) => new Uint8Array(data))).toEqual(contents);
        expect(records.map(({ offset }) => offset)).toEqual(
          contents.map((_, i) => contents.slice(0, i).reduce((sum, data) => sum + data.length + 16, 0)),
        );
        expect(end).toBe(file.length);
      }),
      RUNS,
    );
  });

  test('cut off anywhere holds the records that are whole', () => {
    const contents = [5, 0, 9].map((length) => new Uint8Array(length).fill(length));
    const file = join(contents.map(encodeRecord));
    const ends = [0, 21, 37, 62];
    for (let keep = 0; keep <= file.length; keep++) {
      const { records, end } = readRecords(file.subarray(0, keep), 'file');
      const whole = ends.findLastIndex((at) => at <= keep);
      expect(records).toHaveLength(whole);
      expect(end).toBe(ends[whole]);
    }
  });

  test('with any bit changed is refused by name and offset, or ends early', () => {
    const file = join([1, 2, 3].map((fill) => encodeRecord(new Uint8Array(10).fill(fill))));
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = file.with(at, file[at]! ^ change);
        const offset = Math.floor(at / 26) * 26;
        expect(() => readRecords(damaged, 'some-file')).toThrow(HourglassError);
        expect(() => readRecords(damaged, 'some-file')).toThrow(`some-file, record at byte ${offset}: must`);
      }),
      RUNS,
    );
  });

  test('of any bytes gives records or a HourglassError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          expect(readRecords(bytes, 'file').end).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(HourglassError);
        }
      }),
      RUNS,
    );
  });

  test('is refused where a record claims more than protobuf allows', () => {
    const lengths = new Uint8Array(8).fill(255);
    // The mask is undone by framing the length itself and taking over its checksum.
    const header = join([lengths, encodeRecord(lengths).subarray(-4)]);
    expect(() => readRecords(header, 'file')).toThrow('file, record at byte 0: must be at most');
  });
});
