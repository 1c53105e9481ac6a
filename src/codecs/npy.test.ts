import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { decodeNpy, encodeNpy, encodeNpyHeader, type NpyArray } from './npy.ts';

const TYPES = [Uint8Array, Float32Array, Float64Array];

const arrays = fc
  .tuple(fc.array(fc.nat(4), { maxLength: 4 }), fc.constantFrom(...TYPES), fc.nat())
  .map(([shape, type, seed]): NpyArray => {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, (_, i) => (seed + i * 37) % 251);
    return { shape, data: new type(values) };
  });

/** A file with a given header. */
function file(header: string, body: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + header.length + body.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) new DataView(bytes.buffer).setUint16(8, header.length, true);
  else new DataView(bytes.buffer).setUint32(8, header.length, true);
  bytes.set(Buffer.from(header, 'latin1'), start);
  bytes.set(body, start + header.length);
  return bytes;
}
const header = (descr: string, order: string, shape: string) =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe('NPY', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(arrays, (array) => {
        expect(decodeNpy(encodeNpy(array), 'x')).toEqual(array);
      }),
    );
  });

  test('a cut anywhere, or a byte more, is refused', () => {
    const bytes = encodeNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    for (let end = 0; end < bytes.length; end++)
      expect(() => decodeNpy(bytes.subarray(0, end), 'x'), String(end)).toThrow(HourglassError);
    expect(() => decodeNpy(Buffer.concat([bytes, Buffer.of(0)]), 'x')).toThrow(
      'x: must be 152 bytes long, as its shape 2×3 says, got 153 bytes (too long)',
    );
  });

  test('arbitrary bytes behind the magic give an error that names the file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        const bytes = Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), body]);
        expect(() => decodeNpy(bytes, 'name.npy')).toThrow(/^name\.npy: /);
      }),
    );
  });

  test('Fortran order and big-endian values', () => {
    // [[1, 2, 3], [4, 5, 6]] column by column.
    const columns = Uint8Array.of(1, 4, 2, 5, 3, 6);
    const fortran = decodeNpy(file(header("'|u1'", 'True', '(2, 3)'), columns), 'x');
    expect(fortran).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    const body = new Uint8Array(16);
    new DataView(body.buffer).setFloat64(8, 0.1);
    expect(decodeNpy(file(header("'>f8'", 'False', '(2,)'), body, 2), 'x').data).toEqual(
      Float64Array.of(0, 0.1),
    );
  });

  test('pickles, structures, other types and nonsense are refused', () => {
    const refused = (bytes: Uint8Array) => expect(() => decodeNpy(bytes, 'x'));
    refused(file(header("'|O'", 'False', '(1,)'))).toThrow(/pickle, which can run any code, got \|O/);
    refused(file(header("[('a', '|O')]", 'False', '(1,)'))).toThrow(/pickle/);
    refused(file(header("'<i8'", 'False', '(1,)'))).toThrow(/uint8, float32, float64/);
    refused(file(header("'<f4'", 'False', '(1, -2)'))).toThrow(/descr, fortran_order and shape/);
    refused(file(header("'<f4'", 'maybe', '(1,)'))).toThrow(/descr, fortran_order and shape/);
    refused(file(header("'|u1'", 'False', '(99999999999, 99999999999)'))).toThrow(/a file can have/);
    refused(file(header("'|u1'", 'False', '(99999999999,)'))).toThrow(/at most 1073741824 elements/);
    refused(file('x', undefined, 9)).toThrow(/version 1, 2 or 3, got 9/);
    refused(file(`${header("'|u1'", 'False', '(1,)')}${' '.repeat(5000)}`)).toThrow(/at most 4096 bytes/);
    expect(() => encodeNpy({ shape: [3], data: Uint8Array.of(1) })).toThrow(/must hold 3 elements/);
  });

  test('a header is as long for one image as for a million', () => {
    expect(encodeNpyHeader([1, 3, 128, 128], 'f4')).toHaveLength(128);
    expect(encodeNpyHeader([1_000_000, 3, 128, 128], 'f4')).toHaveLength(128);
  });
});

const python = process.env.HOURGLASS_PYTHON;

describe.skipIf(!python)('NumPy (HOURGLASS_PYTHON)', () => {
  test('reads what is written, and what it writes is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-npy-'));
    try {
      writeFileSync(
        join(folder, 'ours.npy'),
        encodeNpy({ shape: [2, 2], data: Float32Array.of(0.5, 1, 2, 3) }),
      );
      const script = `
import numpy as np
a = np.load('ours.npy', allow_pickle=False)
assert a.dtype == np.float32 and a.tolist() == [[0.5, 1, 2, 3][:2], [2, 3]], a
b = np.arange(24).reshape(2, 3, 4)
np.save('c.npy', b.astype('u1')); np.save('f.npy', np.asfortranarray(b.astype('f4')))
np.save('big.npy', b.astype('>f8')); np.save('scalar.npy', np.float64(7)); np.save('object.npy', np.array([{}]))
`;
      const { status, stderr } = spawnSync(python!, ['-c', script], { cwd: folder, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const read = (name: string) => decodeNpy(readFileSync(join(folder, `${name}.npy`)), name);
      const expected = Array.from({ length: 24 }, (_, i) => i);
      for (const [name, type] of [
        ['c', Uint8Array],
        ['f', Float32Array],
        ['big', Float64Array],
      ] as const) {
        expect(read(name).shape).toEqual([2, 3, 4]);
        expect(new type(read(name).data)).toEqual(type.from(expected));
      }
      expect(read('scalar')).toEqual({ shape: [], data: Float64Array.of(7) });
      expect(() => read('object')).toThrow(/pickle/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
