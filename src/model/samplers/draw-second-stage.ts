/** Codes drawn from a second stage: what its decoder makes of N(0, I), and its noise. Plain arithmetic. */
import type { FloatArray, ModelEngine } from '../../engine/index.ts';
import { normalNumbers } from '../normal.ts';
import { type Layer, layerOf } from './layer-file.ts';
import type { StoredSecondStage } from './second-stage-file.ts';

/** The layers of a stored second stage, read once. */
const read = new WeakMap<StoredSecondStage, { hidden: Layer[]; output: Layer }>();

function layersOf(stage: StoredSecondStage): { hidden: Layer[]; output: Layer } {
  const layers = read.get(stage) ?? { hidden: stage.hidden.map(layerOf), output: layerOf(stage.output) };
  read.set(stage, layers);
  return layers;
}

/** max(0, y), and u behind it. */
function rectifiedBeside(y: Float64Array, u: Float64Array): Float64Array {
  const joined = new Float64Array(y.length + u.length);
  for (const [i, value] of y.entries()) joined[i] = Math.max(0, value);
  joined.set(u, y.length);
  return joined;
}

/** Codes [count, units] of a second stage: the same for the same seed; `first` is the position of the first one in its sequence. */
export function drawSecondStage(
  engine: ModelEngine,
  stage: StoredSecondStage,
  count: number,
  seed: number,
  first = 0,
): FloatArray {
  const { mean, std, sigma, range } = stage;
  const units = mean.length;
  const { hidden, output } = layersOf(stage);
  // u, then ε of each draw.
  const each = 2 * units;
  const normal = normalNumbers(engine, count * each, seed, first * each);
  const data = new Float32Array(count * units);
  for (let n = 0; n < count; n++) {
    const u = Float64Array.from(normal.subarray(n * each, n * each + units));
    let h: Float64Array = u;
    for (const layer of hidden) h = rectifiedBeside(layer(h), u);
    const made = output(h);
    for (let i = 0; i < units; i++) {
      const value = mean[i]! + std[i]! * (made[i]! + sigma * normal[n * each + units + i]!);
      data[n * units + i] = range === null ? value : Math.min(range.max[i]!, Math.max(range.min[i]!, value));
    }
  }
  return { data, shape: [count, units] };
}
