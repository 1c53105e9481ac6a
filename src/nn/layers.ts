/** Layers: functions from a symbol to a symbol that take their parameters from a network. */

import {
  add,
  div,
  gemm,
  mul,
  reduceSum,
  reluDropout,
  reshape,
  type Sym,
  sqrt,
  square,
  sub,
} from '../graph/index.ts';
import { sizeOf } from '../size.ts';
import { type InitialiserName, initialiser, ones, zeros } from './initialisers.ts';
import { keptFactor, type Network } from './network.ts';
import { rowsOfImage } from './rows.ts';
import { columnsOf, featuresOf } from './shapes.ts';
import { layerWeight } from './spectral.ts';

export interface DenseSettings {
  units: number;
  bias: boolean;
  initialiser: InitialiserName;
  /** The path of a dense layer from `units` to as many units as x has: its weight, transposed, is this one's. */
  tiedTo?: string | undefined;
}

/** x · W + b: [N, in] → [N, units], with W of shape [in, units] and b of [units]. */
export function dense(net: Network, x: Sym, settings: DenseSettings): Sym {
  const { units, bias, tiedTo } = settings;
  const fanIn = columnsOf(net, x);
  const first = initialiser(settings.initialiser, fanIn, units);
  const addend = () => (bias ? { addend: net.parameter('bias', [units], zeros, 'bias') } : {});
  if (tiedTo === undefined) {
    return gemm(x, layerWeight(net, net.parameter('weight', [fanIn, units], first)), addend());
  }
  const other = net.at(tiedTo, () => net.parameter('weight', [units, fanIn], first));
  return gemm(x, other, { transB: true, ...addend() });
}

/**
 * Sets each element to 0 with probability `rate` in training and scales the others by 1 / (1 − rate), so that
 * nothing needs doing afterwards (inverted dropout; Srivastava et al., 2014).
 */
export function dropout(net: Network, x: Sym, rate: number): Sym {
  if (net.mode !== 'train' || rate === 0) return x;
  const each = rowsOfImage(x);
  const sizes = x.shape.slice(1) as number[];
  const drawn = net.random('mask', each === 1 ? sizes : [each, ...sizes], { type: 'keepMask', rate });
  const mask = reshape(drawn, x.shape);
  return x.op === 'Relu' ? reluDropout(x.inputs[0]!, mask, keptFactor(rate)) : mul(x, mask);
}

export interface BatchNormSettings {
  /** How much of the running mean and variance a step keeps. */
  momentum: number;
  epsilon: number;
}

/**
 * (x − mean) / √(variance + ε) · scale + shift for each feature of [N, features] over the rows, or for each
 * channel of [N, channels, height, width] over rows and positions (Ioffe & Szegedy, 2015), with the batch's
 * own statistics in training and their running averages afterwards. The variance is the biased one in both.
 */
export function batchNorm(net: Network, x: Sym, { momentum, epsilon }: BatchNormSettings): Sym {
  const features = featuresOf(net, x);
  const positions = sizeOf(x.shape.slice(2) as number[]);
  // Next to maps, one number a channel is [channels, 1, 1].
  const beside = (values: Sym) => reshape(values, [features, ...x.shape.slice(2).map(() => 1)]);
  const scale = net.parameter('scale', [features], ones, 'bias');
  const shift = net.parameter('shift', [features], zeros, 'bias');
  const runningMean = net.state('mean', [features], 0);
  const runningVariance = net.state('variance', [features], 1);
  let mean = runningMean.symbol;
  let variance = runningVariance.symbol;
  if (net.mode === 'train') {
    const all = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const average = (values: Sym) => mul(reduceSum(values, all), mul(net.inverseBatch, 1 / positions));
    mean = average(x);
    variance = average(square(sub(x, beside(mean))));
    const moved = (from: Sym, to: Sym) => add(mul(from, momentum), mul(to, 1 - momentum));
    runningMean.next = moved(runningMean.symbol, mean);
    runningVariance.next = moved(runningVariance.symbol, variance);
  }
  const normal = div(sub(x, beside(mean)), sqrt(add(beside(variance), epsilon)));
  return add(mul(normal, beside(scale)), beside(shift));
}
