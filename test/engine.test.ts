/** ONNX Runtime agrees with the float64 interpreter, forward and backward, on what encodeModel writes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradients } from '../src/autodiff/index.ts';
import {
  add,
  binaryCrossEntropy,
  cast,
  constant,
  conv,
  greater,
  input,
  matmul,
  mul,
  reduceSum,
  reshape,
  type Sym,
  sub,
  tanh,
  transpose,
  where,
} from '../src/graph/index.ts';
import { OPERATORS, type OperatorName } from '../src/graph/operators.ts';
import { convolutionBlock } from '../src/node/engine/convolution-block.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { encodeModel, type ToRun } from '../src/onnx/index.ts';
import { CASES, instantiate } from './reference/cases.ts';
import { relativeError, weightedSum } from './reference/differences.ts';
import { randomGraph } from './reference/expressions.ts';
import { evaluate, type NdArray, ndArray } from './reference/interpreter.ts';
import { random } from './reference/random.ts';

/** Relative to the largest element: float32 holds 6e-8, sums and approximated functions cost the rest. */
const TOLERANCE = 5e-6;

/** `outputs` as they are shipped, and as they are trained on where that is written otherwise. */
function modelsOf(
  outputs: readonly Sym[],
  feeds: ReadonlyMap<Sym, NdArray>,
  toRun: ToRun = { channelBlock: null },
): Uint8Array[] {
  const inputs = Object.fromEntries([...feeds.keys()].map((symbol) => [symbol.scope, symbol]));
  const named = Object.fromEntries(outputs.map((symbol, i) => [`y${i}`, symbol]));
  const parts = { name: 'test', inputs, outputs: named };
  const [shipped, trained] = [encodeModel(parts), encodeModel({ ...parts, toRun })];
  return Buffer.compare(shipped, trained) === 0 ? [shipped] : [shipped, trained];
}

/** Runs a model of so many outputs in ONNX Runtime. */
async function run(model: Uint8Array, count: number, feeds: ReadonlyMap<Sym, NdArray>): Promise<NdArray[]> {
  const names = Array.from({ length: count }, (_, i) => `y${i}`);
  const session = await nodeEngine.open(model, { threads: 1 });
  const values = [...feeds].map(([symbol, { shape, data }]) => [
    symbol.scope,
    { shape, data: Float32Array.from(data) },
  ]);
  const results = await session.run(Object.fromEntries(values));
  await session.dispose();
  return names.map((name) => ndArray(results[name]!.shape, Array.from(results[name]!.data)));
}

async function agree(outputs: readonly Sym[], feeds: ReadonlyMap<Sym, NdArray>, text: string): Promise<void> {
  const expected = evaluate(outputs, feeds);
  for (const model of modelsOf(outputs, feeds)) {
    for (const [i, value] of (await run(model, outputs.length, feeds)).entries()) {
      expect(relativeError(value, expected[i]!), `${text}, output ${i}`).toBeLessThan(TOLERANCE);
    }
  }
}

describe('every operator, its gradients and their gradients', () => {
  test.each(Object.keys(OPERATORS) as OperatorName[])('%s', async (op) => {
    await fc.assert(
      fc.asyncProperty(CASES[op], fc.nat(), async (one, seed) => {
        const { operands, y, feeds, rows, draw } = instantiate(one, seed);
        const first = gradients(weightedSum([y], feeds, rows, draw), operands);
        const second = gradients(weightedSum(first, feeds, rows, draw), operands);
        await agree([y, ...first, ...second], feeds, one.text);
      }),
      { seed: 2, numRuns: 12 },
    );
  });
});

test('convolutions of whole blocks of channels, where ONNX Runtime has such', async () => {
  const block = await convolutionBlock();
  // Every processor with AVX or NEON has them.
  if (process.arch === 'x64' || process.arch === 'arm64') expect(block).not.toBeNull();
  if (block === null) return;
  const size = fc.integer({ min: 1, max: 3 });
  const shapes = fc.record({ n: size, from: size, to: size, side: size, kernel: size, stride: size });
  await fc.assert(
    fc.asyncProperty(shapes, fc.boolean(), async ({ n, from, to, side, kernel, stride }, hasBias) => {
      const draw = random(side + 10 * kernel);
      const [x, weight, bias] = [
        input('x', [n, from * block, side + 3, side + 4]),
        input('weight', [to * block, from * block, kernel, kernel]),
        input('bias', [to * block]),
      ];
      const pads = [kernel - 1, 0, 0, kernel - 1] as const;
      const y = conv(x, weight, { strides: [stride, 1], pads }, hasBias ? bias : undefined);
      const operands = hasBias ? [x, weight, bias] : [x, weight];
      const feeds = new Map(
        operands.map((operand) => {
          const shape = operand.shape as number[];
          const length = shape.reduce((a, b) => a * b, 1);
          return [
            operand,
            ndArray(
              shape,
              Array.from({ length }, () => draw() - 0.5),
            ),
          ];
        }),
      );
      const models = modelsOf([y], feeds, { channelBlock: block });
      expect(models).toHaveLength(2);
      const [plain, blocked] = await Promise.all(models.map((model) => run(model, 1, feeds)));
      expect(relativeError(blocked![0]!, plain![0]!)).toBeLessThan(TOLERANCE);
    }),
    { seed: 4, numRuns: 20 },
  );
});

test('a cross-entropy stays finite in float32, however wide the image and small the logits', async () => {
  for (const width of [126, 127, 250, 784, 791, 1000]) {
    const [z, t] = [input('z', ['N', width]), input('t', ['N', width])];
    const logits = [0, 1e-30, -1e-30, -90, 90, 800].flatMap((logit) => Array<number>(width).fill(logit));
    const feeds = new Map([
      [z, ndArray([6, width], logits)],
      [t, ndArray([6, width], Array<number>(6 * width).fill(0.25))],
    ]);
    await agree([binaryCrossEntropy(z, t)], feeds, `${width} pixels`);
  }
});

test('random expressions and their gradients', async () => {
  await fc.assert(
    fc.asyncProperty(randomGraph, async ({ loss, leaves, feeds, text }) => {
      await agree([loss, ...gradients(loss, leaves)], feeds, text);
    }),
    { seed: 3, numRuns: 30 },
  );
});

describe('the model in between', () => {
  const x = input('x', ['N', 2]);
  const feeds = new Map([[x, ndArray([2, 2], [1, -2, 3, 4])]]);

  test('an output that is an input, a constant, the same symbol twice', async () => {
    await agree([x, constant(3), constant([1, 2], [2]), tanh(x), x], feeds, 'passed through');
    const y = tanh(x);
    await agree([y, y, x], feeds, 'twice');
  });

  test('several symbolic dimensions that change their places', async () => {
    const z = input('z', [3, 'N', 'M']);
    const w = input('w', ['N', 1, 'M']);
    const values = new Map([
      [z, ndArray([3, 1, 1], [1, 2, 3])],
      [w, ndArray([1, 1, 1], [5])],
    ]);
    const results = [
      reshape(reduceSum(z, [0]), [1, 'N', 'M']),
      reshape(w, [1, 'N', 'M', 1]),
      reshape(w, ['N', 'M']),
    ];
    await agree(results, values, 'of size 1');
    const more = new Map([
      [z, ndArray([3, 2, 4], [...new Array(24).keys()])],
      [w, ndArray([2, 1, 4], [...new Array(8).keys()])],
    ]);
    await agree(results, more, 'of other sizes');
  });

  test('no rows at all', async () => {
    const empty = new Map([[x, ndArray([0, 2], [])]]);
    await agree([tanh(x), transpose(x, [1, 0]), reshape(x, ['N', 2, 1]), reduceSum(x)], empty, 'empty');
  });

  test('constants tell -0, NaN, infinity and tiny numbers apart', async () => {
    for (const value of [-0, 0, Number.NaN, Number.POSITIVE_INFINITY, -1e-7, 1e-45, 1 / 3]) {
      const outputs = [add(constant([value], [1]), constant([-0], [1])), x];
      const [found] = await run(modelsOf(outputs, feeds)[0]!, 2, feeds);
      expect(found!.data[0]).toBe(Math.fround(value));
    }
    const [one, other] = await run(modelsOf([constant(0), constant(-0)], feeds)[0]!, 2, feeds);
    expect([one!.data[0], other!.data[0]]).toEqual([0, -0]);
  });

  test('names that clash with those the encoder makes up', async () => {
    const names = ['const/1_', 'Tanh', 'Tanh:0', 'int64/0', 'ReduceSum', 'const/2_', 'ExpandLike/shape'];
    const inputs = names.map((name) => input(name, []));
    const values = new Map(inputs.map((symbol, i) => [symbol, ndArray([], [i + 1])]));
    let sum: Sym = mul(constant([1], [1]), 2);
    for (const symbol of inputs) sum = add(tanh(mul(sum, 2)), symbol);
    await agree([reduceSum(add(sum, 1), [0])], values, 'clashing');
  });

  test('integers: arithmetic, comparison and choice', async () => {
    const whole = cast(x, 'int64');
    const three = cast(constant(3), 'int64');
    const results = [
      add(whole, three),
      sub(whole, three),
      mul(whole, three),
      where(greater(whole, three), whole, three),
      reduceSum(whole, [1]),
      transpose(whole, [1, 0]),
      reshape(whole, [2, 'N']),
    ];
    await agree(
      results.map((y) => cast(y, 'float32')),
      feeds,
      'int64',
    );
  });

  test('a chain of 400 operators', async () => {
    let y: Sym = x;
    for (let i = 0; i < 200; i++) y = sub(y, mul(x, 2 ** -10));
    await agree([y, ...gradients(reduceSum(y), [x])], feeds, 'deep');
  });

  test('a product of ranks 2 and 4 against a transposed one', async () => {
    const a = input('a', [2, 1, 3, 2]);
    const product = matmul(a, transpose(x, [1, 0]));
    const values = new Map([...feeds, [a, ndArray([2, 1, 3, 2], [...new Array(12).keys()])]]);
    await agree([product, ...gradients(reduceSum(mul(product, product)), [a, x])], values, 'ranks');
  });
});
