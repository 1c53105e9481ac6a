import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomGraph } from '../../test/reference/expressions.ts';
import { modelsOfEveryOperator } from '../../test/reference/models.ts';
import {
  add,
  clip,
  constant,
  expandLike,
  gemm,
  input,
  inScope,
  mul,
  reduceSum,
  relu,
  type Sym,
  tanh,
} from '../graph/index.ts';
import { decodeModel, encodeModel, type ModelParts } from './index.ts';

const x = input('x', ['N', 3]);
const w = input('encoder/w', [3, 2]);

function roundTrip(outputs: Record<string, Sym>, more: Partial<ModelParts> = {}) {
  return decodeModel(encodeModel({ name: 'test', inputs: { x }, outputs, ...more }), 'test.onnx');
}

describe('a model, written and read', () => {
  const values = Float32Array.of(1e-45, -0, Number.NaN, 3.4028235e38, Number.NEGATIVE_INFINITY, 1 / 3);
  const layer = inScope('encoder', () => inScope('dense1', () => relu(gemm(x, w))));
  const parts: ModelParts = {
    name: 'stacked',
    inputs: { x },
    outputs: { code: layer },
    weights: new Map([[w, values]]),
    metadata: { family: 'stacked', Größe: '784 → 11', '2': 'two', __proto__x: 'x', empty: '' },
    description: 'a test',
  };
  const model = decodeModel(encodeModel(parts), 'test.onnx');

  test('versions and names', () => {
    expect(model).toMatchObject({ irVersion: 9, producer: 'hourglass', opsets: { '': 20 } });
    expect(model.inputs).toEqual([{ name: 'x', shape: ['N', 3], dtype: 'float32' }]);
    expect(model.outputs).toEqual([{ name: 'code', shape: ['N', 2], dtype: 'float32' }]);
    expect(model.metadata).toEqual(parts.metadata);
  });

  test('nodes carry their scopes', () => {
    expect(model.nodes.map(({ op, name }) => [op, name])).toEqual([
      ['Gemm', 'encoder/dense1/Gemm'],
      ['Relu', 'encoder/dense1/Relu'],
    ]);
    expect(model.nodes[0]!.inputs).toEqual(['x', 'encoder/w']);
    expect(model.nodes[1]!.outputs).toEqual(['code']);
  });

  test('weights, to the bit', () => {
    const weight = model.weights.get('encoder/w')!;
    expect(weight.shape).toEqual([3, 2]);
    expect(new Uint8Array(weight.values.buffer)).toEqual(new Uint8Array(values.buffer));
  });

  test('a weight that is a view into a larger memory', () => {
    const memory = new Float32Array(100).map((_, i) => i);
    const encoded = encodeModel({ ...parts, weights: new Map([[w, memory.subarray(7, 13)]]) });
    expect([...decodeModel(encoded, 'f').weights.get('encoder/w')!.values]).toEqual([7, 8, 9, 10, 11, 12]);
  });

  test('a model within a larger buffer, at an odd offset', () => {
    const encoded = encodeModel(parts);
    const buffer = new Uint8Array(encoded.length + 6).fill(255);
    buffer.set(encoded, 3);
    const again = decodeModel(buffer.subarray(3, 3 + encoded.length), 'f');
    expect(again.nodes).toEqual(model.nodes);
    expect(again.weights.get('encoder/w')!.values).toEqual(values);
  });

  test('a key named __proto__ is only a key', () => {
    const metadata = JSON.parse('{"__proto__": "polluted", "constructor": "c"}') as Record<string, string>;
    const again = roundTrip({ y: tanh(x) }, { metadata });
    expect(Object.entries(again.metadata)).toEqual([
      ['__proto__', 'polluted'],
      ['constructor', 'c'],
    ]);
    expect(Object.getPrototypeOf(again.metadata)).toBe(Object.prototype);
  });

  test('the same parts give the same bytes, built twice', () => {
    fc.assert(
      fc.property(fc.nat(27 * 2), (n) => {
        const [one, other] = [modelsOfEveryOperator(2), modelsOfEveryOperator(2)];
        expect(encodeModel(one[n]!.parts)).toEqual(encodeModel(other[n]!.parts));
      }),
      { seed: 8, numRuns: 5 },
    );
  });
});

/** The names every tensor is given: by inputs, weights and nodes. */
function definitions(model: ReturnType<typeof decodeModel>): string[] {
  return [
    ...model.inputs.map(({ name }) => name),
    ...model.nodes.flatMap(({ outputs }) => outputs),
    ...model.weights.keys(),
  ];
}

describe('names', () => {
  test('in any model, each tensor is defined once and before it is used', () => {
    for (const { text, parts } of modelsOfEveryOperator(4)) {
      const model = decodeModel(encodeModel(parts), text);
      const names = definitions(model);
      expect(new Set(names).size, text).toBe(names.length);
      const nodeNames = model.nodes.map(({ name }) => name);
      expect(new Set(nodeNames).size, text).toBe(nodeNames.length);
      const known = new Set([...model.inputs.map(({ name }) => name), ...model.weights.keys()]);
      for (const node of model.nodes) {
        // An empty name is an operand left out.
        for (const name of node.inputs)
          expect(name === '' || known.has(name) || name.startsWith('int64/'), name).toBe(true);
        for (const name of node.outputs) known.add(name);
      }
      for (const { name } of model.outputs) expect(known).toContain(name);
    }
  });

  test.each([
    'const/2_',
    'Mul',
    'Mul:0',
    'int64/0',
    'ReduceSum',
    'ExpandLike/shape',
    'ExpandLike/Shape',
    'y/Identity',
  ])('an input named %s keeps its name, and nothing else has it', (name) => {
    const odd = input(name, ['N', 3]);
    const y = expandLike(reduceSum(mul(odd, 2), [0]), odd);
    const model = decodeModel(
      encodeModel({ name: 'test', inputs: { [name]: odd }, outputs: { y, z: y } }),
      'f',
    );
    expect(model.inputs[0]!.name).toBe(name);
    expect(definitions(model).filter((other) => other === name)).toEqual([name]);
    expect(model.nodes[0]!.inputs[0]).toBe(name);
  });

  test.each(['const/2_', 'Mul', 'Mul:0', 'int64/0', 'ReduceSum'])('so does an output named %s', (name) => {
    const y = reduceSum(mul(x, 2), [0]);
    const model = roundTrip({ [name]: tanh(y) });
    expect(definitions(model).filter((other) => other === name)).toEqual([name]);
    expect(model.nodes.at(-1)!.outputs).toEqual([name]);
  });

  test('two weights of one name, and one without', () => {
    const [a, b, c] = [input('w', [1]), input('w', [1]), input('', [1])];
    const weights = new Map([a, b, c].map((symbol, i) => [symbol, Float32Array.of(i)]));
    const model = roundTrip({ y: add(add(x, a), add(b, c)) }, { weights });
    expect([...model.weights].map(([name, { values }]) => [name, values[0]])).toEqual([
      ['w', 0],
      ['w_1', 1],
      ['weight', 2],
    ]);
  });

  test('scopes that repeat are numbered', () => {
    const model = roundTrip({ y: tanh(tanh(tanh(x))) });
    expect(model.nodes.map(({ name }) => name)).toEqual(['Tanh', 'Tanh_1', 'Tanh_2']);
  });

  test.each<[string, Partial<ModelParts>]>([
    ['an input and an output of one name', { outputs: { x: tanh(x) } }],
    ['an input passed through under its own name', { outputs: { x } }],
    ['an empty output name', { outputs: { '': tanh(x) } }],
    ['an empty input name', { inputs: { '': x } }],
    ['one symbol under two input names', { inputs: { x, again: x } }],
    ['a result as an input', { inputs: { x, y: tanh(x) } }],
    ['an input nobody feeds', { inputs: {} }],
    ['a weight that is an input too', { weights: new Map([[x, new Float32Array(3)]]) }],
    ['too few values', { weights: new Map([[w, new Float32Array(5)]]), outputs: { z: gemm(x, w) } }],
    ['a weight of unknown size', { weights: new Map([[input('v', ['N']), new Float32Array(5)]]) }],
    ['a weight of integers', { weights: new Map([[input('v', [1], 'int64'), new Float32Array(1)]]) }],
  ])('refused as a bug of the caller: %s', (_, more) => {
    expect(() => encodeModel({ name: 'test', inputs: { x }, outputs: { z: tanh(x) }, ...more })).toThrow(
      RangeError,
    );
  });
});

describe('outputs', () => {
  test('an input, a constant, and one symbol under two names are passed on by Identity', () => {
    const y = tanh(x);
    const model = roundTrip({ a: y, b: y, c: x, d: constant(2), e: constant([1, 2], [2]) });
    expect(model.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['a', ['N', 3]],
      ['b', ['N', 3]],
      ['c', ['N', 3]],
      ['d', []],
      ['e', [2]],
    ]);
    expect(model.nodes.map(({ op, inputs, outputs }) => [op, inputs[0], outputs[0]])).toEqual([
      ['Tanh', 'x', 'a'],
      ['Identity', 'a', 'b'],
      ['Identity', 'x', 'c'],
      ['Identity', 'const/2_', 'd'],
      ['Identity', 'const/1_2_2', 'e'],
    ]);
  });

  test('one that others use too', () => {
    const y = tanh(x);
    const model = roundTrip({ z: relu(y), y });
    expect(model.nodes.map(({ inputs, outputs }) => [inputs[0], outputs[0]])).toEqual([
      ['x', 'y'],
      ['y', 'z'],
    ]);
  });
});

describe('constants', () => {
  const constantsOf = (...values: Sym[]) => {
    const model = roundTrip(Object.fromEntries(values.map((value, i) => [`y${i}`, add(x, value)])));
    return [...model.weights.values()].map(({ values, shape }) => [[...values], shape]);
  };

  test('equal ones are shared, at any length', () => {
    const long = [1, 2, 3];
    expect(constantsOf(constant(2), constant(2), constant([2], [1]))).toEqual([
      [[2], []],
      [[2], [1]],
    ]);
    expect(constantsOf(constant(long, [3]), constant(long, [3]), constant(long, [1, 3]))).toHaveLength(2);
    const six = [1, 2, 3, 4, 5, 6];
    const longer = [constant(six, [2, 3]), constant(six, [2, 3]), constant([...six].reverse(), [2, 3])];
    const model = decodeModel(
      encodeModel({ name: 't', inputs: {}, outputs: Object.fromEntries(longer.map((c, i) => [`y${i}`, c])) }),
      'f',
    );
    expect([...model.weights.values()].map(({ values }) => [...values])).toEqual([six, [6, 5, 4, 3, 2, 1]]);
    expect(model.nodes[0]!.inputs).toEqual(model.nodes[1]!.inputs);
  });

  test('different ones are kept apart: signs of zero, NaN, infinities, tiny and large', () => {
    const numbers = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1e-7, 1e-7, 1e21, 1e-45, 0.1, 1, 11];
    const found = constantsOf(...numbers.map((n) => constant([n], [1])));
    expect(found.map(([values]) => (values as number[])[0])).toEqual(numbers.map(Math.fround));
  });

  test('numbers whose digits run together', () => {
    const lists = [
      [1, 11],
      [11, 1],
      [1, 1],
      [111, 1],
      [-1, 1],
    ];
    const model = decodeModel(
      encodeModel({
        name: 't',
        inputs: {},
        outputs: Object.fromEntries(lists.map((list, i) => [`y${i}`, constant(list, [2])])),
      }),
      'f',
    );
    expect([...model.weights.values()].map(({ values }) => [...values])).toEqual(lists);
  });

  test('bounds of a clip are numbers like any other', () => {
    const model = roundTrip({ y: clip(x, 0, Number.POSITIVE_INFINITY), z: add(clip(x, -1, 0), 0.5) });
    expect([...model.weights].map(([name, { values }]) => [name, values[0]])).toEqual([
      ['const/0_', 0],
      ['const/Infinity_', Number.POSITIVE_INFINITY],
      ['const/-1_', -1],
      ['const/0.5_', 0.5],
    ]);
  });
});

test('a graph of 20,000 nodes', () => {
  let y: Sym = x;
  for (let i = 0; i < 20_000; i++) y = tanh(y);
  expect(roundTrip({ y }).nodes).toHaveLength(20_000);
});

test('random expressions encode to models that read back', () => {
  fc.assert(
    fc.property(randomGraph, ({ loss, feeds }) => {
      const inputs = Object.fromEntries([...feeds.keys()].map((symbol) => [symbol.scope, symbol]));
      const model = decodeModel(encodeModel({ name: 'random', inputs, outputs: { loss } }), 'f');
      expect(model.outputs).toEqual([{ name: 'loss', shape: [], dtype: 'float32' }]);
    }),
    { seed: 12, numRuns: 30 },
  );
});
