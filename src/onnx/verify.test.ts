import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomGraph } from '../../test/reference/expressions.ts';
import { modelsOfEveryOperator } from '../../test/reference/models.ts';
import { editAt, mutator, type RawField, rawField, textOf } from '../../test/reference/mutations.ts';
import type { HourglassError } from '../errors.ts';
import {
  cast,
  clip,
  constant,
  conv,
  div,
  gemm,
  input,
  leakyRelu,
  maxPool,
  relu,
  reshape,
  type Sym,
  sigmoid,
  slice,
  tanh,
  transpose,
  upsample,
} from '../graph/index.ts';
import { encodeModel, type ModelParts, OPSETS, verifyModel } from './index.ts';

describe('what hourglass writes is accepted', () => {
  test('models of every operator, their gradients and second derivatives', () => {
    for (const { text, parts } of modelsOfEveryOperator(3)) {
      // Only trainings have it, and what is trained is never read back.
      if (text.startsWith('BatchTopK')) continue;
      const model = verifyModel(encodeModel(parts), text);
      expect(model.outputs.map(({ name }) => name)).toEqual(Object.keys(parts.outputs));
    }
  });

  test('random expressions, for every operator set', () => {
    fc.assert(
      fc.property(randomGraph, fc.constantFrom(...OPSETS), ({ loss, feeds }, opset) => {
        const inputs = Object.fromEntries([...feeds.keys()].map((symbol) => [symbol.scope, symbol]));
        const model = verifyModel(encodeModel({ name: 'random', inputs, outputs: { loss }, opset }), 'f');
        expect(model.opsets).toEqual({ '': opset });
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  test('ones moved, a shape of no dimensions, bytes', () => {
    const z = input('z', [2, 'N', 'M']);
    const bytes = input('bytes', ['N', 4, 4, 1], 'uint8');
    const outputs = {
      a: reshape(z, [1, 2, 'N', 'M']),
      b: reshape(constant([5], [1]), []),
      c: div(cast(transpose(bytes, [0, 3, 1, 2]), 'float32'), 255),
    };
    const model = verifyModel(encodeModel({ name: 't', inputs: { z, bytes }, outputs }), 'f');
    expect(model.inputs[1]).toEqual({ name: 'bytes', shape: ['N', 4, 4, 1], dtype: 'uint8' });
    expect(model.outputs.at(-1)).toEqual({ name: 'c', shape: ['N', 1, 4, 4], dtype: 'float32' });
  });
});

test('an operator set it does not know is refused by the writer', () => {
  const y = input('x', [1]);
  expect(() => encodeModel({ name: 't', inputs: { y }, outputs: { z: tanh(y) }, opset: 12 })).toThrow(
    expect.objectContaining({ kind: 'usage', message: expect.stringContaining('must be 13 to 22') }),
  );
});

const x = input('image', ['N', 1, 4, 4]);
const weights = {
  conv: input('encoder.conv1.weight', [2, 1, 3, 3]),
  bias: input('encoder.conv1.bias', [2]),
  dense: input('encoder.code.weight', [8, 3]),
  back: input('decoder.dense1.weight', [3, 16]),
};

/** Maps and rows, with the operators that recipes use. */
function small(weightAt: (k: number) => number = Math.sin): Uint8Array {
  const maps = maxPool(relu(conv(x, weights.conv, { pads: [1, 1, 1, 1] }, weights.bias)), [2, 2]);
  const code = clip(leakyRelu(gemm(reshape(maps, ['N', 8]), weights.dense), 0.2), 0, 6);
  const drawn = reshape(sigmoid(gemm(code, weights.back)), ['N', 1, 4, 4]);
  const filled = (symbol: Sym) => {
    const size = (symbol.shape as number[]).reduce((a, b) => a * b, 1);
    return [symbol, Float32Array.from({ length: size }, (_, k) => weightAt(k))] as const;
  };
  const parts: ModelParts = {
    name: 'small',
    inputs: { image: x },
    outputs: { reconstruction: upsample(slice(drawn, [{ axis: 2, start: 0, end: 2 }]), [2, 1]), code },
    weights: new Map(Object.values(weights).map(filled)),
    metadata: { recipe: 'small', part: 'autoencoder' },
  };
  return encodeModel(parts);
}

const original = small();
const { nodes, weights: stored, integers } = verifyModel(original, 'f');
type Path = [number, number][];
const GRAPH: Path = [[7, 0]];
const nodeAt = (op: string): Path => [...GRAPH, [1, nodes.findIndex((node) => node.op === op)]];
const tensorNames = [...stored.keys(), ...integers.keys()];

function refused(bytes: Uint8Array, words: string): void {
  let told: unknown;
  try {
    verifyModel(bytes, 'odd.onnx');
  } catch (error) {
    told = error;
  }
  expect(told).toMatchObject({
    name: 'HourglassError',
    kind: 'data',
    message: expect.stringMatching(/^odd\.onnx: is not /),
  });
  expect((told as Error).message).toContain(words);
}

/** The message at a path with the first field of a number set, or added where it is absent. */
const set = (path: Path, number: number, content: Parameters<typeof rawField>[1]) =>
  editAt(original, path, (fields) => {
    const at = fields.findIndex((field) => field.number === number);
    return at < 0 ? [...fields, rawField(number, content)] : fields.with(at, rawField(number, content));
  });

const attribute = (op: string, name: string, edit: (fields: RawField[]) => RawField[]) =>
  editAt(original, nodeAt(op), (fields) =>
    fields.map((field) => {
      if (field.number !== 5) return field;
      const inner = field.value as Uint8Array;
      const isIt = editAt(inner, [], (own) => own.filter((one) => textOf(one) === name)).length > 0;
      return isIt ? rawField(5, editAt(inner, [], edit)) : field;
    }),
  );

describe('a hostile model is refused with its name and the rule', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'an operator that reads files',
      set(nodeAt('Relu'), 4, 'ReadFile'),
      'hourglass does not use this operator',
    ],
    ['a control-flow operator', set(nodeAt('Relu'), 4, 'Loop'), 'hourglass does not use this operator'],
    ['a random one', set(nodeAt('Relu'), 4, 'RandomNormalLike'), 'hourglass does not use this operator'],
    ['a name of every object', set(nodeAt('Relu'), 4, 'constructor'), 'hourglass does not use this operator'],
    ['a domain of others', set(nodeAt('Relu'), 7, 'com.microsoft'), "its domain is 'com.microsoft'"],
    [
      'another operator set',
      editAt(original, [], (fields) => [
        ...fields,
        rawField(
          8,
          editAt(new Uint8Array(), [], () => [rawField(1, 'evil'), rawField(2, 1)]),
        ),
      ]),
      "ONNX's own domain alone",
    ],
    ['an operator set of the future', set([[8, 0]], 2, 99), 'must be one of 13, 14'],
    ['a format of the future', set([], 1, 99), 'IR version 99'],
    ['another producer', set([], 2, 'pytorch'), "producer is 'pytorch'"],
    ['a cycle', set(nodeAt('Conv'), 1, 'reconstruction'), "'reconstruction' is used before"],
    ['nodes out of order', editAt(original, GRAPH, (f) => [...f].reverse()), 'is used before'],
    ['an operand of nowhere', set(nodeAt('Relu'), 1, 'nowhere'), "'nowhere' is used before"],
    ['an operand without a name', set(nodeAt('Relu'), 1, ''), "'' is used before"],
    ['a second thing of one name', set(nodeAt('Relu'), 2, 'image'), "two things have the name 'image'"],
    ['two nodes of one name', set(nodeAt('Relu'), 3, nodes[0]!.name), 'two nodes have the name'],
    ['a name with a new line', set(nodeAt('Relu'), 3, 'a\nb'), 'a name is '],
    [
      'no result',
      editAt(original, nodeAt('Relu'), (f) => f.filter(({ number }) => number !== 2)),
      'one result',
    ],
    ['an attribute too many', set(nodeAt('Relu'), 5, axis()), "'axis' is not known"],
    [
      'an attribute missing',
      editAt(original, nodeAt('Gemm'), (f) => f.filter(({ number }) => number !== 5)),
      "'transA' is missing",
    ],
    [
      'a dilation',
      editAt(original, nodeAt('Conv'), (f) => [...f, rawField(5, axis())]),
      "'axis' is not known",
    ],
    [
      'strides of nothing',
      attribute('Conv', 'strides', (f) => f.map((one) => (one.number === 8 ? rawField(8, 0) : one))),
      'strides must be two positive',
    ],
    [
      'a slope that is not a number',
      attribute('LeakyRelu', 'alpha', (f) =>
        f.map((one) => (one.number === 2 ? { ...one, value: Uint8Array.of(0, 0, 0xc0, 0x7f) } : one)),
      ),
      "'alpha' must be finite",
    ],
    [
      'interpolation',
      attribute('Resize', 'mode', (f) => f.map((one) => (one.number === 4 ? rawField(4, 'cubic') : one))),
      "'mode' must be 'nearest'",
    ],
    ['a weight that is NaN', small((k) => (k === 5 ? Number.NaN : k)), 'weights must be finite'],
    ['an infinite one', small((k) => (k === 5 ? -1 / 0 : k)), 'weights must be finite'],
    [
      'a weight of another size',
      editAt(original, [...GRAPH, [5, tensorNames.indexOf('encoder.code.weight')]], (f) =>
        f.map((one) => (one.number === 1 ? rawField(1, one.value === 8n ? 3 : 8) : one)),
      ),
      'inner dimensions must agree',
    ],
    [
      'a weight missing',
      editAt(original, GRAPH, (f) => {
        const first = f.findIndex(({ number }) => number === 5);
        return f.toSpliced(first, 1);
      }),
      "'encoder.conv1.weight' is used before",
    ],
    [
      'one that nothing uses',
      editAt(original, GRAPH, (f) => [...f, rawField(5, loose())]),
      "'loose' is used by nothing",
    ],
    [
      'an output that says another shape',
      editAt(original, [...GRAPH, [12, 1], [2, 0], [1, 0], [2, 0], [1, 1]], () => [rawField(1, 4)]),
      "output 'code' says float32[N, 4] and is float32[N, 3]",
    ],
    ['no outputs', editAt(original, GRAPH, (f) => f.filter(({ number }) => number !== 12)), 'no outputs'],
    ['an output that is an input', set([...GRAPH, [12, 1]], 1, 'image'), 'must be the result of a node'],
    ['two outputs of one name', set([...GRAPH, [12, 1]], 1, 'reconstruction'), 'two outputs'],
    [
      'a dimension of an odd name',
      set([...GRAPH, [11, 0], [2, 0], [1, 0], [2, 0], [1, 0]], 2, 'N\n'),
      "dimension 'N?'",
    ],
    ['a tensor in another file', set([...GRAPH, [5, 0]], 14, 1), 'external data are not allowed'],
    ['a graph in a node', attribute('Conv', 'pads', (f) => [...f, rawField(6, '')]), 'graphs within a graph'],
    ['a function', editAt(original, [], (f) => [...f, rawField(25, '')]), 'functions are not allowed'],
    ['a huge image', huge(), 'too large'],
  ])('%s', (_, bytes, words) => refused(bytes, words));
});

/** An attribute `axis` = 1. */
function axis(): Uint8Array {
  return editAt(new Uint8Array(), [], () => [rawField(1, 'axis'), rawField(3, 1), rawField(20, 2)]);
}

function loose(): Uint8Array {
  const raw = new Uint8Array(4);
  return editAt(new Uint8Array(), [], () => [
    rawField(1, 1),
    rawField(2, 1),
    rawField(8, 'loose'),
    rawField(9, raw),
  ]);
}

/** A few bytes that would become 16 ** 8 times as many. */
function huge(): Uint8Array {
  let y: Sym = x;
  for (let i = 0; i < 4; i++) y = upsample(y, [16, 16]);
  return encodeModel({ name: 'huge', inputs: { image: x }, outputs: { y } });
}

test('50,001 nodes are too many, and told in no time', () => {
  const many = editAt(original, GRAPH, (fields) => Array.from({ length: 50_001 }, () => fields[0]!));
  refused(many, 'more than 50000 nodes');
});

describe('damaged models', () => {
  const accepted: Uint8Array[] = [];

  test('2,000 of them are refused by name or are models that hold', () => {
    const variant = mutator(original);
    for (let seed = 0; seed < 2000; seed++) {
      const bytes = variant(seed);
      try {
        const model = verifyModel(bytes, 'damaged.onnx');
        if (model.nodes.length === 0) throw new Error('a model of no nodes');
        if (!Buffer.from(bytes).equals(original)) accepted.push(bytes);
      } catch (error) {
        const { name, kind, message } = error as HourglassError;
        if (name !== 'HourglassError' || kind !== 'data' || !/^damaged\.onnx: is not .+$/.test(message)) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
    }
    // Some damage does no harm, as a bit of a weight; if none or most were let through, this test would say nothing.
    expect(accepted.length).toBeGreaterThan(100);
    expect(accepted.length).toBeLessThan(1000);
  });

  test('those that are accepted do no harm to ONNX Runtime either', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-mutants-'));
    try {
      const files = accepted.slice(0, 120).map((bytes, i) => {
        const file = join(folder, `${i}.onnx`);
        writeFileSync(file, bytes);
        return file;
      });
      const program = fileURLToPath(new URL('../../test/support/run-models.js', import.meta.url));
      const { status, signal, stdout } = spawnSync(process.execPath, [program, ...files], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect({ status, signal }).toEqual({ status: 0, signal: null });
      const lines = stdout.trim().split('\n');
      expect(lines).toHaveLength(files.length);
      expect(lines.filter((line) => !line.includes(' ran '))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
