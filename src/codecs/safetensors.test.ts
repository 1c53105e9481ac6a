import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensor } from './safetensors.ts';

const RUNS = { seed: 5, numRuns: 150 };

const MAKERS: Record<Safetensor['dtype'], (values: number[]) => Safetensor['data']> = {
  F32: (values) => Float32Array.from(values),
  F64: (values) => Float64Array.from(values),
  I32: (values) => Int32Array.from(values),
  I64: (values) => BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))),
  U32: (values) => Uint32Array.from(values),
  U8: (values) => Uint8Array.from(values),
};

const tensor: fc.Arbitrary<Safetensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(MAKERS) as Safetensor['dtype'][])),
    fc.array(fc.nat(3), { maxLength: 3 }),
  )
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length });
    return values.map((numbers) => ({ dtype, shape, data: MAKERS[dtype](numbers) }));
  });
const name = fc
  .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '0', 'encoder.0.weight'))
  .filter((text) => text !== '__metadata__');
const files = fc
  .uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 })
  .map((pairs) => new Map(pairs));

/** A file with this header, written as text, and this many bytes of data. */
function file(header: string, size = 0, headerLength?: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe('safetensors', () => {
  test('what is encoded is decoded, names like __proto__ included', () => {
    const metadata = fc.dictionary(fc.string(), fc.string());
    fc.assert(
      fc.property(files, metadata, (tensors, notes) => {
        const bytes = encodeSafetensors(tensors, notes);
        const decoded = decodeSafetensors(bytes, 'file');
        // Integer-like names come first when JSON is read, so the order is compared on the bytes.
        expect(new Map([...decoded.tensors].sort(byName))).toEqual(new Map([...tensors].sort(byName)));
        expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(notes).sort());
        expect(encodeSafetensors(tensors, notes)).toEqual(bytes);
      }),
      RUNS,
    );
  });

  test('pads the header to 8 bytes with spaces and keeps the order given', () => {
    const bytes = encodeSafetensors(
      new Map<string, Safetensor>([
        ['b', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
        ['a', { dtype: 'F64', shape: [], data: Float64Array.of(0.5) }],
      ]),
      { format: 'pt' },
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"__metadata__":{"format":"pt"},"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},' +
        '"a":{"dtype":"F64","shape":[],"data_offsets":[3,11]}}',
    );
    expect(decodeSafetensors(bytes, 'file').tensors.get('a')?.data).toEqual(Float64Array.of(0.5));
  });

  test('refuses to write what would not be read', () => {
    const data = new Float32Array(3);
    const write = (key: string, value: Safetensor) => () => encodeSafetensors(new Map([[key, value]]));
    expect(write('w', { dtype: 'F32', shape: [2], data })).toThrow('tensor w: must hold the elements');
    expect(write('w', { dtype: 'F64', shape: [3], data })).toThrow('tensor w: must hold Float64Array');
    expect(write('__metadata__', { dtype: 'F32', shape: [3], data })).toThrow('__metadata__');
  });

  test.each([
    [
      'a tensor',
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    ],
    [
      'a tensor in another spelling',
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061" :{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    ],
    ['a field of a tensor', '{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}'],
    [
      'an entry of the metadata',
      '{"__metadata__":{"a \\" {":"1","a \\" {":"2"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    ],
    [
      'the metadata',
      '{"__metadata__":{},"__metadata__":{},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    ],
  ])('refuses a header that has %s twice', (_, header) => {
    const bytes = new Uint8Array(8 + header.length + 1);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    expect(() => decodeSafetensors(bytes, 'x')).toThrow(
      /must name everything once in its header, got ".*" twice/,
    );
  });

  test('text that looks like a key is no repetition', () => {
    const empty: Safetensor = { dtype: 'U8', shape: [0], data: new Uint8Array(0) };
    const tensors = new Map([
      ['a', empty],
      ['b', empty],
    ]);
    const bytes = encodeSafetensors(tensors, { dtype: '"dtype":', shape: '{"dtype":{' });
    expect([...decodeSafetensors(bytes, 'x').tensors.keys()]).toEqual(['a', 'b']);
  });

  test('a changed or cut file gives tensors or a HourglassError', () => {
    const damage = fc.tuple(files, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat());
    fc.assert(
      fc.property(damage, ([tensors, at, value, keep]) => {
        const bytes = encodeSafetensors(tensors);
        const cut = bytes.subarray(0, keep % bytes.length);
        for (const bad of [bytes.with(at % bytes.length, value), cut]) {
          try {
            decodeSafetensors(bad, 'file');
          } catch (error) {
            expect(error).toBeInstanceOf(HourglassError);
          }
        }
      }),
      RUNS,
    );
  });

  const entry = (begin: number, end: number, extra = '"dtype":"U8"', shape = `[${end - begin}]`): string =>
    `{${extra},"shape":${shape},"data_offsets":[${begin},${end}]}`;
  test.each([
    ['no length', new Uint8Array(7), 'header length'],
    ['a header longer than the file', file('{}', 0, 99), 'header of 2 to'],
    ['an absurd header length', file('{}', 0, 2 ** 60), 'header of 2 to'],
    ['a header that does not begin with {', file(' {}'), 'begins with {'],
    ['broken JSON', file('{"a":'), 'valid JSON'],
    ['broken UTF-8', file('{"a"}').with(10, 0xff), 'valid JSON'],
    ['a tensor that is no object', file('{"a":3}'), 'JSON object'],
    ['an unknown type', file(`{"a":${entry(0, 2, '"dtype":"toString"')}}`, 2), 'must be of type'],
    ['no type', file(`{"a":${entry(0, 2, '"x":1')}}`, 2), 'must be of type'],
    ['a fractional shape', file(`{"a":${entry(0, 2, '"dtype":"U8"', '[2.5]')}}`, 2), 'whole numbers'],
    ['an absurd shape', file(`{"a":${entry(0, 2, '"dtype":"U8"', '[1e9,1e9]')}}`, 2), 'whole numbers'],
    ['a shape of another size', file(`{"a":${entry(0, 2, '"dtype":"F32"', '[2]')}}`, 2), 'must span 8 bytes'],
    ['offsets past the end', file(`{"a":${entry(0, 9)}}`, 2), 'data_offsets'],
    ['offsets backwards', file(`{"a":${entry(2, 0, '"dtype":"U8"', '[0]')}}`, 2), 'data_offsets'],
    ['a hole', file(`{"a":${entry(0, 1)},"b":${entry(2, 3)}}`, 3), 'a hole before "b"'],
    ['an overlap', file(`{"a":${entry(0, 2)},"b":${entry(1, 3)}}`, 3), 'an overlap before "b"'],
    ['bytes nobody claims', file(`{"a":${entry(0, 2)}}`, 3), 'must end with its last tensor'],
    ['metadata that are no text', file('{"__metadata__":{"a":1}}'), 'text to text'],
  ])('refuses %s', (_, bytes, rule) => {
    expect(() => decodeSafetensors(bytes, 'weights')).toThrow(HourglassError);
    expect(() => decodeSafetensors(bytes, 'weights')).toThrow(/^weights/);
    expect(() => decodeSafetensors(bytes, 'weights')).toThrow(rule);
  });
});

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
