/**
 * A prior over the whole numbers of quantised codes: each is predicted from those before it, p(x) = Π p(xₜ | x₁, …, xₜ₋₁), by a small
 * causal transformer (Vaswani et al., 2017; the decoder alone, normalised before each part by its root mean square, Zhang and
 * Sennrich, 2019). Draws are computed by model/samplers/autoregressive.ts in plain arithmetic, without these graphs.
 */
import {
  add,
  BATCH,
  cast,
  clip,
  constant,
  type Dim,
  div,
  equal,
  exp,
  gather,
  input,
  log,
  matmul,
  mul,
  pad,
  reduceSum,
  relu,
  reshape,
  type Sym,
  slice,
  sqrt,
  square,
  sub,
  times,
  transpose,
} from '../../graph/index.ts';
import { dense, initialiser, Network, ones, zeros } from '../../nn/index.ts';
import { encodeModel } from '../../onnx/index.ts';
import { type FittedGraph, fittedGraph } from './fitted.ts';

/** What it is for, and how large it is. */
export interface AutoregressiveShape {
  /** Whole numbers of a code. */
  length: number;
  /** Each is from 0 to `count` − 1. */
  count: number;
  /** How many meanings they have in turn: number t is of the vocabulary t mod `tables`. */
  tables: number;
  /** Numbers that stand for a position. */
  width: number;
  heads: number;
  layers: number;
}

/** Scores are kept within ± this, so that no exponential overflows. */
const FARTHEST_SCORE = 30;
/** Beneath the root of a mean square. */
const LEAST_SQUARE = 1e-5;
/** The hidden layer of each part that sees one position, in widths. */
const HIDDEN = 2;
const DROPOUT = 0.2;

/** ln p of each next number but for a constant: scores [N, length, count]. @param integers float32 [N, length]. */
function scoresOf(net: Network, integers: Sym, shape: AutoregressiveShape): Sym {
  const { length, count, tables, width, layers } = shape;
  const rows = length === 1 ? BATCH : times(length, BATCH);
  // Each vocabulary has rows of its own in the table.
  const starts = Array.from({ length }, (_, t) => (t % tables) * count);
  const places = cast(add(integers, constant(starts, [length])), 'int64');
  const normal = { type: 'normal', mean: 0, std: 0.1 } as const;
  const table = net.parameter('table', [tables * count, width], normal);
  const own = reshape(gather(table, reshape(places, [rows])), [BATCH, length, width]);
  // Each position sees the number before it; the first one sees none.
  const before = slice(pad(own, [0, 1, 0], [0, 0, 0]), [{ axis: 1, start: 0, end: length }]);
  let x = reshape(add(before, net.parameter('positions', [length, width], normal)), [rows, width]);
  for (let layer = 1; layer <= layers; layer++) {
    net.within(`layer${layer}`, () => {
      x = add(x, kept(net, 'seen', attention(net, x, shape), length));
      x = add(x, kept(net, 'made', single(net, x, width), length));
    });
  }
  const end = net.within('end', () => normalised(net, x));
  const weight = net.parameter(
    'scores.weight',
    [tables, width, count],
    initialiser('glorotUniform', width, count),
  );
  const bias = net.parameter('scores.bias', [tables, 1, count], zeros, 'bias');
  const each = length / tables;
  const perTable: Dim = each === 1 ? BATCH : times(each, BATCH);
  const grouped = transpose(reshape(end, [BATCH, each, tables, width]), [2, 0, 1, 3]);
  const scores = add(matmul(reshape(grouped, [tables, perTable, width]), weight), bias);
  const back = transpose(reshape(scores, [tables, BATCH, each, count]), [1, 2, 0, 3]);
  return clip(reshape(back, [BATCH, length, count]), -FARTHEST_SCORE, FARTHEST_SCORE);
}

/** x / √(mean x² + ε), times a learned factor of each unit. */
function normalised(net: Network, x: Sym): Sym {
  const width = x.shape[1] as number;
  const mean = mul(reduceSum(square(x), [1], true), 1 / width);
  return mul(div(x, sqrt(add(mean, LEAST_SQUARE))), net.parameter('factor', [width], ones, 'bias'));
}

/** What each position takes from itself and those before it. */
function attention(net: Network, x: Sym, { length, width, heads }: AutoregressiveShape): Sym {
  return net.within('attention', () => {
    const from = normalised(net, x);
    const size = width / heads;
    const part = (name: string) => {
      const made = net.within(name, () =>
        dense(net, from, { units: width, bias: false, initialiser: 'glorotUniform' }),
      );
      return transpose(reshape(made, [BATCH, length, heads, size]), [0, 2, 1, 3]);
    };
    const [query, key, value] = [part('query'), part('key'), part('value')];
    const alike = mul(matmul(query, transpose(key, [0, 1, 3, 2])), 1 / Math.sqrt(size));
    const mask = Array.from({ length: length * length }, (_, i) =>
      Number(i % length <= Math.floor(i / length)),
    );
    const weights = mul(exp(clip(alike, -FARTHEST_SCORE, FARTHEST_SCORE)), constant(mask, [length, length]));
    const seen = matmul(div(weights, reduceSum(weights, [3], true)), value);
    const rows = reshape(transpose(seen, [0, 2, 1, 3]), x.shape);
    return net.within('out', () =>
      dense(net, rows, { units: width, bias: true, initialiser: 'glorotUniform' }),
    );
  });
}

/** A hidden layer of each position by itself. */
function single(net: Network, x: Sym, width: number): Sym {
  return net.within('single', () => {
    const hidden = net.within('hidden', () =>
      dense(net, normalised(net, x), { units: HIDDEN * width, bias: true, initialiser: 'heNormal' }),
    );
    return net.within('out', () =>
      dense(net, relu(hidden), { units: width, bias: true, initialiser: 'glorotUniform' }),
    );
  });
}

/** Dropout in training. */
function kept(net: Network, name: string, x: Sym, length: number): Sym {
  if (net.mode !== 'train') return x;
  const width = x.shape[1] as number;
  const mask = net.random(name, [length, width], { type: 'keepMask', rate: DROPOUT });
  return mul(x, reshape(mask, x.shape));
}

/** −ln p of each code, [N], in nats. */
function natsOf(scores: Sym, integers: Sym, { length, count }: AutoregressiveShape): Sym {
  const numbers = constant([...new Array(count).keys()], [count]);
  const is = cast(equal(reshape(integers, [BATCH, length, 1]), numbers), 'float32');
  const chosen = reduceSum(mul(is, scores), [2]);
  return reduceSum(sub(log(reduceSum(exp(scores), [2])), chosen), [1]);
}

/** What fits it: codes as whole numbers in floats, [N, length]; the loss is −ln p in nats. */
export const autoregressiveGraph = (shape: AutoregressiveShape): FittedGraph =>
  fittedGraph({ integers: [shape.length] }, (net, { integers }) =>
    net.within(NAME, () => natsOf(scoresOf(net, integers, shape), integers, shape)),
  );

/** What measures it: −ln p of each code. */
export function autoregressiveNats(shape: AutoregressiveShape): { net: Network; integers: Sym; nats: Sym } {
  const net = new Network('infer');
  const integers = input('integers', [BATCH, shape.length]);
  const nats = net.within(NAME, () => natsOf(scoresOf(net, integers, shape), integers, shape));
  return { net, integers, nats };
}

const NAME = 'prior';

/**
 * It as ONNX: whole numbers, int64 [N, length], to ln p of each number given those before it, float32 [N, length, count]. What a
 * number comes after decides its row: the numbers at and after a position do not change it.
 */
export function encodeAutoregressive(
  shape: AutoregressiveShape,
  weights: ReadonlyMap<string, Float32Array>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const net = new Network('infer');
  const integers = input('integers', [BATCH, shape.length], 'int64');
  const scores = net.within(NAME, () => scoresOf(net, cast(integers, 'float32'), shape));
  const logProbabilities = sub(scores, log(reduceSum(exp(scores), [2], true)));
  return encodeModel({
    name: 'hourglass-autoregressive',
    inputs: { integers },
    outputs: { logProbabilities },
    weights: new Map(
      [...net.parameters.values()].map(({ name, symbol }) => [symbol, weights.get(name)!] as const),
    ),
    metadata,
    description: [
      'The autoregressive prior of the codes of an hourglass model.',
      `In: integers: int64[N, ${shape.length}], a code as whole numbers, one after the other`,
      `Out: logProbabilities: float32[N, ${shape.length}, ${shape.count}], ln p of each value of each number, given the numbers before it`,
    ].join('\n'),
  });
}
