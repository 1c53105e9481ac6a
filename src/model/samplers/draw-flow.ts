/** Codes drawn from a flow: draws of its base, taken through its couplings. Plain arithmetic. */
import type { FloatArray, ModelEngine } from '../../engine/index.ts';
import { drawMixture } from './draw.ts';
import type { StoredFlow } from './flow-file.ts';
import { type Layer, layerOf } from './layer-file.ts';

interface Coupling {
  passed: number[];
  hidden1: Layer;
  hidden2: Layer;
  scale: Layer;
  shift: Layer;
}

/** The couplings of a stored flow, read once. */
const read = new WeakMap<StoredFlow, Coupling[]>();

function couplingsOf(flow: StoredFlow): Coupling[] {
  const known = read.get(flow);
  if (known !== undefined) return known;
  const couplings = flow.couplings.map(({ passed, hidden1, hidden2, scale, shift }) => ({
    passed,
    hidden1: layerOf(hidden1),
    hidden2: layerOf(hidden2),
    scale: layerOf(scale),
    shift: layerOf(shift),
  }));
  read.set(flow, couplings);
  return couplings;
}

const elu = (x: Float64Array): Float64Array => x.map((value) => (value > 0 ? value : Math.expm1(value)));

/** Codes [count, units] of a flow: the same for the same seed; `first` is the position of the first one in its sequence. */
export function drawFlow(
  engine: ModelEngine,
  flow: StoredFlow,
  count: number,
  seed: number,
  first = 0,
): FloatArray {
  const { mean, std, mostLogScale, base } = flow;
  const units = mean.length;
  const couplings = couplingsOf(flow);
  const { data } = drawMixture(engine, { ...base, range: null }, count, seed, first);
  const code = new Float64Array(units);
  for (let row = 0; row < data.length; row += units) {
    for (let i = 0; i < units; i++) code[i] = (data[row + i]! - mean[i]!) / std[i]!;
    for (const { passed, hidden1, hidden2, scale, shift } of couplings) {
      const h = elu(hidden2(elu(hidden1(code.map((value, i) => value * passed[i]!)))));
      const [s, t] = [scale(h), shift(h)];
      for (let i = 0; i < units; i++) {
        if (passed[i] === 0) code[i] = (code[i]! - t[i]!) * Math.exp(-mostLogScale * Math.tanh(s[i]!));
      }
    }
    for (let i = 0; i < units; i++) {
      const value = mean[i]! + std[i]! * code[i]!;
      const { range } = base;
      data[row + i] = range === null ? value : Math.min(range.max[i]!, Math.max(range.min[i]!, value));
    }
  }
  return { data, shape: [count, units] };
}
