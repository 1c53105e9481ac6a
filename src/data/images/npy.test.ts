/** NPY through files, pipes and the library: every order and type gives the same images. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { decodeNpy } from '../../codecs/npy.ts';
import { openImages } from './open.ts';
import { folderOf } from './testing.ts';

const SHAPE = [5, 4, 7] as const;
const COUNT = 140;
/** Each a byte, no two alike. */
const VALUES = Array.from({ length: COUNT }, (_, i) => (i * 37 + 11) % 251);

/** The order of elements where the first axis varies fastest. */
const FORTRAN = (() => {
  const order: number[] = [];
  const [n, h, w] = SHAPE;
  for (let x = 0; x < w; x++)
    for (let y = 0; y < h; y++) for (let i = 0; i < n; i++) order.push((i * h + y) * w + x);
  return order;
})();

function npy(descr: string, fortran: boolean): Uint8Array {
  const values = (fortran ? FORTRAN.map((i) => VALUES[i]!) : VALUES).map((value) =>
    descr.includes('f') ? value / 255 : value,
  );
  const size = Number(descr.at(-1));
  const data = Buffer.alloc(COUNT * size);
  const view = new DataView(data.buffer, data.byteOffset);
  const little = descr[0] !== '>';
  for (const [i, value] of values.entries()) {
    if (descr.endsWith('f4')) view.setFloat32(4 * i, value, little);
    else if (descr.endsWith('f8')) view.setFloat64(8 * i, value, little);
    else view.setUint8(i, value);
  }
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${SHAPE.join(', ')}), }\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]);
  return Buffer.concat([head, Buffer.from(text, 'latin1'), data]);
}

const WANT = { height: 4, width: 7, channels: 1 } as const;

async function bytesOf(inputs: string[], stdin?: NodeJS.ReadableStream): Promise<number[]> {
  const all: number[] = [];
  for await (const { values: pixels } of openImages(inputs, WANT, stdin === undefined ? {} : { stdin }))
    for (const value of pixels) all.push(pixels instanceof Float32Array ? Math.round(value * 255) : value);
  return all;
}

describe.each(['|u1', '<f4', '>f4', '<f8', '>f8'])('%s', (descr) => {
  test.each([
    ['C', false],
    ['Fortran', true],
  ])('in %s order, from a file, a pipe and bytes', async (_, fortran) => {
    const bytes = npy(descr, fortran);
    const file = join(folderOf({ 'a.npy': bytes }), 'a.npy');
    expect(await bytesOf([file])).toEqual(VALUES);
    // In pieces of seven bytes.
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (__, i) =>
      Buffer.from(bytes.subarray(7 * i, 7 * i + 7)),
    );
    expect(await bytesOf(['-'], Readable.from(pieces))).toEqual(VALUES);
    // A Buffer, as readFileSync gives, and a plain array of bytes.
    for (const given of [readFileSync(file), new Uint8Array(bytes)]) {
      const { data } = decodeNpy(given, 'a.npy');
      expect(Array.from(data, (value) => Math.round(descr.includes('f') ? value * 255 : value))).toEqual(
        VALUES,
      );
      // What was given stays as it was.
      expect(Buffer.from(given).equals(bytes)).toBe(true);
    }
  });
});

test.each(['<i2', '>i4', '|b1', '<u2', '|i1', '<f2'])('%s is refused with a way out', async (descr) => {
  const file = join(folderOf({ 'a.npy': npy(descr, true) }), 'a.npy');
  await expect(bytesOf([file])).rejects.toThrow(/must hold unsigned bytes or floats.*astype\('float32'\)/);
});
