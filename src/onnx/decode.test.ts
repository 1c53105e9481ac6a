import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cast, clip, elu, gemm, greater, input, reshape, transpose } from '../graph/index.ts';
import { decodeModel, encodeModel } from './index.ts';

/** Protobuf by hand: [field, content], where numbers are varints and bytes have their length before them. */
function proto(...fields: [field: number, content: number | Uint8Array | string][]): Uint8Array {
  const bytes: number[] = [];
  const varint = (value: number) => {
    for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
      bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
      if (rest <= 127n) return;
    }
  };
  for (const [field, content] of fields) {
    varint(field * 8 + (typeof content === 'number' ? 0 : 2));
    if (typeof content === 'number') varint(content);
    else {
      const raw = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      varint(raw.length);
      for (const byte of raw) bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

const tensor = (...fields: Parameters<typeof proto>) =>
  proto([1, 9], [7, proto([5, proto(...fields, [2, 1], [8, 'w'])])]);
const dims = (...fields: Parameters<typeof proto>) =>
  proto(
    [1, 9],
    [7, proto([11, proto([1, 'x'], [2, proto([1, proto([1, 1], [2, proto([1, proto(...fields)])])])])])],
  );

const node = (...fields: Parameters<typeof proto>) =>
  proto([1, 9], [7, proto([1, proto([4, 'Relu'], ...fields)])]);
const attribute = (...fields: Parameters<typeof proto>) => node([5, proto([1, 'a'], ...fields)]);
const named = proto([1, 'a'], [3, 1], [20, 2]);

describe('files of others', () => {
  test('packed dimensions, as proto3 writes them, are dimensions', () => {
    const raw = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
    for (const bytes of [tensor([1, 2], [1, 3], [9, raw]), tensor([1, Uint8Array.of(2, 3)], [9, raw])]) {
      expect(decodeModel(bytes, 'f').weights.get('w')!.shape).toEqual([2, 3]);
    }
  });

  test.each<[string, Uint8Array]>([
    ['no bytes', new Uint8Array()],
    ['no graph', proto([1, 9])],
    ['an input without a type', proto([1, 9], [7, proto([11, proto([1, 'x'])])])],
    ['a dimension without a size', dims()],
    ['a dimension with a size and a name', dims([1, 3], [2, 'N'])],
    ['two types of one tensor', tensor([1, 1], [9, new Uint8Array(4)], [2, 1])],
    ['a field that ONNX does not have', proto([1, 9], [7, proto()], [99, 1])],
    ['a name that is no UTF-8', proto([1, 9], [7, proto([2, Uint8Array.of(0xc3, 0x28)])])],
    ['metadata given twice', proto([1, 9], [7, proto()], [14, proto([1, 'a'])], [14, proto([1, 'a'])])],
    ['a function', proto([1, 9], [7, proto()], [25, proto([1, 'f'])])],
    ['a tensor in another file', tensor([1, 1], [14, 1], [13, proto([1, 'location'], [2, '/etc/passwd'])])],
    ['a sparse tensor', proto([1, 9], [7, proto([15, proto()])])],
    ['a graph as an attribute', attribute([6, proto()], [20, 5])],
    ['an attribute of two values', attribute([3, 1], [8, 1], [20, 2])],
    ['an attribute that says another type', attribute([3, 1], [20, 7])],
    ['an attribute given twice', node([5, named], [5, named])],
    [
      'a list of 65 numbers',
      attribute(...Array.from({ length: 65 }, () => [8, 1] as [number, number]), [20, 7]),
    ],
    ['no version', proto([7, proto()])],
    ['two graphs', proto([1, 9], [7, proto()], [7, proto()])],
    ['a negative dimension', tensor([1, -2], [1, -2], [9, new Uint8Array(16)])],
    ['a dimension of 2⁶²', tensor([1, 2 ** 62], [9, new Uint8Array(4)])],
    ['dimensions of 2³² · 2³²', tensor([1, 2 ** 32], [1, 2 ** 32], [9, new Uint8Array(4)])],
    ['dimensions whose product is 0 times a negative', tensor([1, 0], [1, -1], [9, new Uint8Array()])],
    ['a tensor with too few bytes', tensor([1, 2], [9, new Uint8Array(4)])],
    ['a tensor with too many bytes', tensor([1, 2], [9, new Uint8Array(12)])],
    ['an input of negative size', dims([1, -1])],
    ['a version that is text', proto([1, 'nine'], [7, proto()])],
    ['a graph that is a number', proto([1, 9], [7, 5])],
    ['a node without an operator', proto([1, 9], [7, proto([1, proto([3, 'node'])])])],
    ['a length of 2³¹', Uint8Array.of(0x08, 9, 0x3a, 0x80, 0x80, 0x80, 0x80, 0x08)],
    ['a length of 2³² − 1', Uint8Array.of(0x08, 9, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a skipped field of 2³¹', Uint8Array.of(0x08, 9, 0x3a, 0x00, 0x52, 0x80, 0x80, 0x80, 0x80, 0x08)],
    ['a length that never ends', new Uint8Array(1000).fill(0xff)],
    ['groups within groups', new Uint8Array(100_000).fill(0x0b + 8)],
    ['a tensor of 2³¹ bytes', proto([1, 9], [7, Uint8Array.of(0x2a, 6, 0x4a, 0x80, 0x80, 0x80, 0x80, 0x08)])],
    ['a node longer than its graph', Uint8Array.of(0x08, 9, 0x3a, 2, 0x0a, 4, 0x22, 2, 0x41, 0x42)],
  ])('refused by name: %s', (_, bytes) => {
    expect(() => decodeModel(bytes, 'odd.onnx')).toThrow(
      expect.objectContaining({
        name: 'HourglassError',
        kind: 'data',
        message: expect.stringContaining('odd.onnx'),
      }),
    );
  });
});

describe('2,000 damaged models are refused or read, and nothing else', () => {
  const x = input('x', ['N', 3]);
  const w = input('w', [3, 2]);
  const original = encodeModel({
    name: 'whole',
    inputs: { x },
    outputs: {
      y: elu(gemm(x, w), 0.5),
      z: cast(greater(clip(x, 0, 1), 0.5), 'float32'),
      r: reshape(transpose(x, [1, 0]), [3, 'N', 1]),
    },
    weights: new Map([[w, Float32Array.of(1, 2, 3, 4, 5, 6)]]),
    metadata: { family: 'stacked', scaling: '1/255' },
  });

  function survives(bytes: Uint8Array): void {
    try {
      const model = decodeModel(bytes, 'damaged.onnx');
      expect(model.irVersion).not.toBe(0);
      for (const { shape, values } of model.weights.values()) {
        expect(values.length).toBe(shape.reduce((a, b) => a * b, 1));
      }
    } catch (error) {
      expect(error).toMatchObject({ name: 'HourglassError', kind: 'data' });
      expect((error as Error).message).toMatch(/^damaged\.onnx: is not /);
    }
  }

  test('cut short, at every length', () => {
    for (let length = 0; length < original.length; length++) survives(original.subarray(0, length));
  });

  test('bytes changed, put in, taken out', () => {
    const edit = fc.record({
      at: fc.nat(original.length - 1),
      kind: fc.constantFrom('set', 'insert', 'remove', 'copy'),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 6 }),
        fc.constantFrom(
          Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07),
          Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08),
          Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
          Uint8Array.of(0),
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const bytes = [...original];
        for (const { at, kind, bytes: by } of edits) {
          if (kind === 'copy') bytes.splice(at, 0, ...original.subarray(at, at + 20));
          else bytes.splice(at, kind === 'insert' ? 0 : by.length, ...(kind === 'remove' ? [] : by));
        }
        survives(Uint8Array.from(bytes));
      }),
      { seed: 9, numRuns: 1300 },
    );
  });

  test('noise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { seed: 10, numRuns: 300 });
  });
});
