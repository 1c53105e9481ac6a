/**
 * Sparse codes of vectors (sparse autoencoders): a code of many units, of which few are not 0, and a dictionary with a
 * direction of length 1 for each unit. f = choose((x − b) Eᵀ + c) and x̂ = f D + b, with b the same in both.
 */
import {
  abs,
  add,
  argTopK,
  batchTopK,
  cast,
  constant,
  div,
  exp,
  gather,
  gemm,
  greater,
  mul,
  reduceSum,
  relu,
  reshape,
  type Sym,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  topK,
  where,
} from '../graph/index.ts';
import { zeros } from './initialisers.ts';
import type { Network } from './network.ts';
import { columnsOf } from './shapes.ts';

/** Where the dictionary and the bias b have their names, from any place. */
const DICTIONARY = 'decoder.output';

/** The dictionary of each graph, which several parts of it use. */
const dictionaries = new WeakMap<Network, Sym>();

/** The directions of the dictionary, [units, values], each of length 1. The parameter itself may have any. */
export function directions(net: Network, units: number, values: number): Sym {
  const known = dictionaries.get(net);
  if (known !== undefined) return known;
  const weight = net.at(DICTIONARY, () =>
    net.parameter('weight', [units, values], { type: 'normal', mean: 0, std: 1 / Math.sqrt(values) }),
  );
  const made = div(weight, sqrt(reduceSum(square(weight), [1], true)));
  dictionaries.set(net, made);
  return made;
}

/** b, [values]: what the encoder subtracts and the decoder adds. */
export const sharedBias = (net: Network, values: number): Sym =>
  net.at(DICTIONARY, () => net.parameter('bias', [values], zeros, 'bias'));

/** f D + b: [N, units] to [N, values]. */
export const fromDictionary = (net: Network, code: Sym, values: number): Sym =>
  gemm(code, directions(net, columnsOf(net, code), values), { addend: sharedBias(net, values) });

/** What the encoder looks at and its weights, as revival needs some of its units alone. */
export interface SparseInput {
  /** x − b, [N, values], taken for a constant. */
  readonly from: Sym;
  /** E, [units, values]. It begins as the dictionary. */
  readonly weight: Sym;
  /** c, [units]. */
  readonly bias: Sym;
  /** (x − b) Eᵀ + c, [N, units]. */
  readonly preActivation: Sym;
}

/**
 * (x − b) Eᵀ + c. In training b's part is a sum that is 0: so its gradient is that of one row, and not of a product as
 * large as the batch.
 */
export function sparseInput(net: Network, x: Sym, units: number): SparseInput {
  const values = columnsOf(net, x);
  const shared = sharedBias(net, values);
  const std = 1 / Math.sqrt(values);
  const weight = net.parameter('weight', [units, values], {
    ...{ type: 'normal', mean: 0, std },
    like: `${DICTIONARY}.weight`,
  });
  const bias = net.parameter('bias', [units], zeros, 'bias');
  if (net.mode !== 'train') {
    const from = sub(x, shared);
    return { from, weight, bias, preActivation: gemm(from, weight, { transB: true, addend: bias }) };
  }
  const from = stopGradient(sub(x, shared));
  const nothing = reshape(sub(stopGradient(shared), shared), [1, values]);
  const moved = gemm(nothing, stopGradient(weight), { transB: true, addend: bias });
  return { from, weight, bias, preActivation: gemm(from, weight, { transB: true, addend: moved }) };
}

/** max(h, 0) where h is among the k largest of its row, otherwise 0: [N, units]. Of equal ones all are kept. */
export function largestOfRow(h: Sym, k: number): Sym {
  if (k === h.shape[1]) return relu(h);
  const least = slice(topK(stopGradient(h), k), [{ axis: 1, start: k - 1, end: k }]);
  return where(greater(least, h), 0, relu(h));
}

/**
 * max(h, 0) where h is among the k · N largest of the whole batch (Bussmann et al., 2024). Outside of training a threshold
 * decides, as no row may depend on others: the running mean of the least value that was kept.
 */
export function largestOfBatch(net: Network, h: Sym, k: number, momentum: number): Sym {
  const threshold = net.state('threshold', [1], -1);
  if (net.mode !== 'train') return above(h, threshold.symbol);
  const least = batchTopK(relu(stopGradient(h)), k);
  const moved = add(mul(threshold.symbol, momentum), mul(least, 1 - momentum));
  threshold.next = where(greater(0, threshold.symbol), least, moved);
  return where(greater(least, h), 0, relu(h));
}

/** h where it is above a threshold and above 0, otherwise 0. */
const above = (h: Sym, threshold: Sym): Sym => where(greater(h, threshold), relu(h), 0);

export interface JumpSettings {
  /** The threshold of each unit at the beginning. */
  threshold: number;
  /** The width ε of the kernel by which thresholds learn. */
  bandwidth: number;
}

/**
 * JumpReLU (Rajamanoharan et al., 2024): h where it is above the threshold θ of its unit, otherwise 0, and the number of
 * units above theirs. Both jump at θ. Their gradients by θ are estimates with a rectangular kernel of width ε:
 * ∂f/∂θ = −θ/ε and ∂[h > θ]/∂θ = −1/ε where |h − θ| < ε/2, otherwise 0. θ is the exponential of what is learned.
 */
export function jumpRelu(net: Network, h: Sym, settings: JumpSettings): { code: Sym; active: Sym } {
  const units = columnsOf(net, h);
  const logThreshold = net.parameter(
    'logThreshold',
    [units],
    { type: 'constant', value: Math.log(settings.threshold) },
    'bias',
  );
  const theta = exp(logThreshold);
  const isAbove = greater(h, theta);
  const open = cast(isAbove, 'float32');
  if (net.mode !== 'train') return { code: where(isAbove, h, 0), active: reduceSum(open, [1]) };
  const near = cast(greater(settings.bandwidth / 2, abs(sub(h, theta))), 'float32');
  // θ − θ is 0, and has the gradient of −θ / ε.
  const step = mul(sub(stopGradient(theta), theta), 1 / settings.bandwidth);
  const height = mul(near, step);
  return {
    code: add(where(isAbove, h, 0), mul(height, stopGradient(theta))),
    active: reduceSum(add(open, height), [1]),
  };
}

export interface RevivalSettings {
  /** Steps without an image that a unit fires for, after which it counts as dead. */
  after: number;
  /** The most dead units that are tried at a step, and of them for each image. */
  tried: number;
  chosen: number;
}

/**
 * Gives dead units the error to explain (Gao et al., 2024): Σ (e − ê)² for each image, [N], where e = x − x̂ is the error of
 * the reconstruction and ê what the strongest of the dead units make of it; 0 as long as none is dead. At each step other
 * dead units take their turn, so that a step costs the same however many there are.
 */
export function revival(
  net: Network,
  { input, code, error }: { input: SparseInput; code: Sym; error: Sym },
  settings: RevivalSettings,
): Sym {
  const [units, values] = input.weight.shape as [number, number];
  const { after, tried, chosen } = settings;
  const idle = net.state('idle', [units], 0);
  if (net.mode !== 'train') return mul(reduceSum(square(error), [1]), 0);
  const fired = greater(reduceSum(stopGradient(code), [0]), 0);
  idle.next = where(fired, 0, add(idle.symbol, 1));
  const dead = cast(greater(idle.symbol, after - 0.5), 'float32');
  const numbers = reshape(argTopK(reshape(mul(dead, turns(idle.symbol, units)), [1, units]), tried), [tried]);
  const take = (table: Sym) => gather(reshape(table, [units, table.shape[1] ?? 1]), numbers);
  const isDead = reshape(take(dead), [tried]);
  const bias = reshape(take(input.bias), [tried]);
  const h = gemm(input.from, take(input.weight), { transB: true, addend: bias });
  const explained = gemm(largestOfRow(mul(relu(h), isDead), chosen), take(directions(net, units, values)));
  const rest = reduceSum(square(sub(stopGradient(error), explained)), [1]);
  return mul(rest, cast(greater(reduceSum(dead), 0), 'float32'));
}

/** Above 1 for each unit, in an order that is another one at each step in which none of them fires. */
function turns(idle: Sym, units: number): Sym {
  const golden = (Math.sqrt(5) - 1) / 2;
  const places = constant(
    Array.from({ length: units }, (_, i) => (i * golden) % 1),
    [units],
  );
  const sum = add(mul(idle, golden), places);
  return add(sub(sum, cast(cast(sum, 'int64'), 'float32')), 1);
}

/** Squared errors of reconstructions from the first units alone, Σ over values for each image: one [N] for each prefix. */
export function prefixErrors(
  net: Network,
  { code, image }: { code: Sym; image: Sym },
  prefixes: readonly number[],
): Sym[] {
  const values = columnsOf(net, image);
  const dictionary = directions(net, columnsOf(net, code), values);
  let left = sub(image, sharedBias(net, values));
  let start = 0;
  return prefixes.map((end) => {
    const some = (x: Sym, axis: number) => slice(x, [{ axis, start, end }]);
    left = sub(left, gemm(some(code, 1), some(dictionary, 0)));
    start = end;
    return reduceSum(square(left), [1]);
  });
}
