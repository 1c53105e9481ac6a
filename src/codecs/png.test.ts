import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { decodePng, encodePng } from './png.ts';

const ramp = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37) % 256);

test.each([1, 3, 4] as const)('%i channels come back as they were', (channels) => {
  const image = { width: 5, height: 3, channels, data: ramp(15 * channels) };
  const bytes = encodePng(image);
  expect(decodePng(bytes, 'a.png')).toEqual(image);
  expect(encodePng(image)).toEqual(bytes);
});

test('an array that begins inside its buffer is read from its beginning', () => {
  const bytes = encodePng({ width: 2, height: 2, channels: 1, data: ramp(4) });
  const shifted = new Uint8Array(bytes.length + 7);
  shifted.set(bytes, 7);
  expect(decodePng(shifted.subarray(7), 'a.png').data).toEqual(ramp(4));
});

describe('other kinds become eight bits', () => {
  test('sixteen bits', () => {
    const data = Uint16Array.of(0, 0x1234, 0xffff, 0x8000);
    const bytes = encode({ width: 2, height: 2, channels: 1, depth: 16, data });
    expect([...decodePng(bytes, 'a').data]).toEqual([0, 0x12, 0xff, 0x80]);
  });

  test('grey with alpha', () => {
    const bytes = encode({ width: 2, height: 1, channels: 2, data: Uint8Array.of(10, 20, 30, 40) });
    expect(decodePng(bytes, 'a')).toMatchObject({
      channels: 4,
      data: Uint8Array.of(10, 10, 10, 20, 30, 30, 30, 40),
    });
  });

  test('two bits of grey, lines padded to bytes', () => {
    const file = png([5, 2, 2, 0], Uint8Array.of(0, 0b00011011, 0b11000000, 0, 0b11100100, 0b01000000));
    expect([...decodePng(file, 'a').data]).toEqual([0, 85, 170, 255, 255, 255, 170, 85, 0, 85]);
  });

  test('a palette', () => {
    const palette = chunk('PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6));
    const file = png([3, 1, 1, 3], Uint8Array.of(0, 0b01000000), palette);
    expect(decodePng(file, 'a')).toEqual({
      width: 3,
      height: 1,
      channels: 3,
      data: Uint8Array.of(1, 2, 3, 4, 5, 6, 1, 2, 3),
    });
  });

  test('interlaced', () => {
    const image = { width: 11, height: 9, channels: 3, data: ramp(297) };
    expect(decodePng(encode(image, { interlace: 'Adam7' }), 'a').data).toEqual(image.data);
  });
});

describe('hostile files name the file and the rule', () => {
  const good = encodePng({ width: 4, height: 4, channels: 1, data: ramp(16) });
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(), /must be a PNG file/],
    ['text', Buffer.from('not a picture at all'), /must be a PNG file/],
    ['only the signature', good.subarray(0, 8), /cut off/],
    ['cut in the pixels', good.subarray(0, good.length - 20), /cut off/],
    ['no header', Buffer.concat([good.subarray(0, 8), good.subarray(33)]), /begin with one header/],
    [
      'too many pixels',
      png([2 ** 20, 2 ** 20, 8, 0], Uint8Array.of(0)),
      /64 megapixels, got 1048576×1048576/,
    ],
    ['no pixels', png([0, 4, 8, 0], Uint8Array.of(0)), /must not be empty/],
    ['too few pixels', png([4, 4, 8, 0], new Uint8Array(19)), /inflate to the 20 bytes .*got 19/],
    ['a bomb', png([4, 4, 8, 0], new Uint8Array(50_000_000)), /no more pixels than its header says/],
    ['colour type 5', png([4, 4, 8, 5], new Uint8Array(20)), /colour type/],
    ['depth 7', png([4, 4, 7, 0], new Uint8Array(20)), /undamaged|inflate/],
    ['filter 9', png([1, 1, 8, 0], Uint8Array.of(9, 0)), /undamaged/],
    [
      'a colour outside the palette',
      png([1, 1, 8, 3], Uint8Array.of(0, 7), chunk('PLTE', ramp(3))),
      /undamaged/,
    ],
    ['no palette', png([1, 1, 8, 3], Uint8Array.of(0, 0)), /undamaged/],
  ];
  test.each(cases)('%s', (_, bytes, rule) => refused(bytes, rule));

  test('a flipped bit anywhere is refused or changes only what is not read', () => {
    for (let at = 0; at < good.length; at++) {
      const bytes = good.slice();
      bytes[at]! ^= 0x10;
      try {
        expect(decodePng(bytes, 'x.png').data.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(HourglassError);
      }
    }
  });

  function refused(bytes: Uint8Array, rule: RegExp) {
    const decodeIt = () => decodePng(bytes, 'folder/x.png');
    expect(decodeIt).toThrow(HourglassError);
    expect(decodeIt).toThrow(/^folder\/x\.png: /);
    expect(decodeIt).toThrow(rule);
  }
});

test('pictures that cannot be are not written', () => {
  const image = { width: 2, height: 2, channels: 1 as const, data: new Uint8Array(4) };
  expect(() => encodePng({ ...image, width: 0 })).toThrow(/positive integers/);
  expect(() => encodePng({ ...image, height: 3 })).toThrow(/must hold 2×3×1 bytes, got 4/);
  expect(() => encodePng({ ...image, width: 1e6, height: 1e6 })).toThrow(/must hold 1000000×1000000×1/);
});

/** A PNG file made by hand: [width, height, depth, colour type] and its scan lines. */
function png(
  [width, height, depth, type]: [number, number, number, number],
  lines: Uint8Array,
  before?: Buffer,
) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    ...(before ? [before] : []),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', new Uint8Array()),
  ]);
}

function chunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(body.length, 0);
  whole.set(named, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
