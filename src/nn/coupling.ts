/** Affine coupling layers (RealNVP; Dinh et al., 2017): invertible, with a determinant that is a sum. */
import { add, constant, exp, gemm, mul, reduceSum, type Sym, sub, tanh } from '../graph/index.ts';
import { activate } from './activations.ts';
import { zeros } from './initialisers.ts';
import { dense } from './layers.ts';
import type { Network } from './network.ts';

export interface CouplingSettings {
  layers: number;
  /** Units of the two hidden layers of each. */
  width: number;
}

/** A unit is scaled by at most e to the power of this, and at least by its reciprocal: no step can make it overflow. */
export const MOST_LOG_SCALE = 2;

/** 1 for the units that a layer passes on, 0 for those that it moves: halves that mix all units in few layers. */
export function passedUnits(layer: number, units: number): number[] {
  const bits = Math.max(1, Math.ceil(Math.log2(units)));
  const bit = Math.floor(layer / 2) % bits;
  return Array.from({ length: units }, (_, unit) => ((unit >> bit) & 1) ^ (layer & 1));
}

/**
 * Codes [rows, units] to standard normal ones, or back. A layer moves half of its units y to y · exp(s) + t, with s and t
 * from the other half. Every layer begins as the identity: what gives s and t begins with weights of 0.
 * @returns the result, and ln |det| of the way to the normal ones, [rows], in nats.
 */
export function couplingLayers(
  net: Network,
  x: Sym,
  { layers, width }: CouplingSettings,
  way: 'toNormal' | 'fromNormal',
): { value: Sym; logDeterminant: Sym } {
  const units = x.shape[1] as number;
  const order = Array.from({ length: layers }, (_, i) => (way === 'toNormal' ? i : layers - 1 - i));
  let value = x;
  const logs: Sym[] = [];
  for (const layer of order) {
    const passes = passedUnits(layer, units);
    const passed = constant(passes, [units]);
    const moved = constant(
      passes.map((one) => 1 - one),
      [units],
    );
    const given = mul(value, passed);
    const { logScale, shift } = net.within(`coupling${layer + 1}`, () => scaleAndShift(net, given, width));
    const s = mul(logScale, moved);
    const t = mul(shift, moved);
    // Units that are passed on have s = t = 0.
    value = way === 'toNormal' ? add(mul(value, exp(s)), t) : mul(sub(value, t), exp(mul(s, -1)));
    logs.push(reduceSum(s, [1]));
  }
  return { value, logDeterminant: logs.reduce((sum, one) => add(sum, one)) };
}

function scaleAndShift(net: Network, x: Sym, width: number): { logScale: Sym; shift: Sym } {
  const units = x.shape[1] as number;
  const hidden = (name: string, h: Sym) =>
    net.within(name, () =>
      activate(dense(net, h, { units: width, bias: true, initialiser: 'glorotUniform' }), 'elu'),
    );
  const h = hidden('hidden2', hidden('hidden1', x));
  const last = (name: string) =>
    net.within(name, () =>
      gemm(h, net.parameter('weight', [width, units], zeros), {
        addend: net.parameter('bias', [units], zeros, 'bias'),
      }),
    );
  return { logScale: mul(tanh(last('scale')), MOST_LOG_SCALE), shift: last('shift') };
}
