/** Fits a flow to codes: a mixture's draws, bent by couplings that begin as nothing, for as long as codes held out gain by it. */
import { HourglassError } from '../errors.ts';
import { rootOf } from '../metrics/covariance-root.ts';
import type { StoredCoupling, StoredFlow } from '../model/samplers/flow-file.ts';
import { storedFloats } from '../model/samplers/layer-file.ts';
import type { StoredMixture } from '../model/samplers/mixture-file.ts';
import { flowGraph, MOST_LOG_SCALE, passedUnits } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { fitNetwork } from '../training/index.ts';
import type { OnProgress } from './progress.ts';
import { type SpreadCodes, standardised } from './standardised-codes.ts';

const COUPLINGS = { layers: 8, width: 64 };
/** The lengths that are tried, in epochs; the one with the best held-out likelihood is kept. */
const EPOCHS = [15, 45, 130];
const FIT = { batchSize: 256, learningRate: 0.001 };
/** One code in so many is held out. */
const HELD_OUT = 10;

export async function fitFlow(
  codes: SpreadCodes,
  units: number,
  base: StoredMixture,
  { seed, threads, onProgress }: { seed: number; threads: number; onProgress: OnProgress },
): Promise<StoredFlow> {
  if (units < 2) {
    throw new HourglassError('usage', {
      subject: 'a flow',
      rule: 'is for codes of two or more units: some of them say how the others move',
      got: units,
      hint: 'take the mixture',
    });
  }
  const { mean, std, rows } = standardised(codes, units);
  const train = rows((row) => row % HELD_OUT !== 0);
  const held = rows((row) => row % HELD_OUT === 0);
  const from = {
    weights: base.weights,
    means: base.means.map((values) => values.map((value, i) => (value - mean[i]!) / std[i]!)),
    roots: base.covariances.map((rows) =>
      rootOf(rows.map((row, i) => row.map((value, j) => value / (std[i]! * std[j]!)))),
    ),
  };
  const graph = flowGraph(units, from, COUPLINGS);
  const common = { seed, threads, batchSize: FIT.batchSize };
  // Held-out losses are a fit's of no steps: the same draws of the same rows.
  const lossOf = async (begin?: ReadonlyMap<string, Float32Array>) => {
    const settings = { ...common, batchSize: held.count, count: held.count, steps: 1, learningRate: 0 };
    return (await fitNetwork(nodeEngine, graph, held.data, { ...settings, ...(begin && { begin }) })).loss;
  };
  const untouched = await lossOf();
  let best: { weights: Weights; gain: number } | null = null;
  for (const epochs of EPOCHS) {
    const steps = epochs * Math.max(1, Math.floor(train.count / FIT.batchSize));
    const fitted = await fitNetwork(nodeEngine, graph, train.data, {
      ...{ ...common, count: train.count, steps, learningRate: FIT.learningRate },
      onProgress: (share) => onProgress(`a flow, ${epochs} epochs`, share),
    });
    const weights = new Map([...fitted.weights].map(([name, { values }]) => [name, values] as const));
    const gain = untouched - (await lossOf(weights));
    if (Number.isFinite(gain) && (best === null || gain > best.gain)) best = { weights, gain };
    else break;
  }
  if (best === null) {
    throw new HourglassError('diverged', {
      subject: 'the flow',
      rule: 'did not settle: its loss is not finite',
      hint: 'try another seed, or take the mixture',
    });
  }
  const gained = `ln p of held-out codes is ${Math.abs(best.gain).toFixed(2)} nats ${best.gain >= 0 ? 'higher' : 'lower'} than by the mixture alone`;
  return {
    note: `a flow from ${base.weights.length} Gaussians, fitted to ${train.count.toLocaleString('en')} posteriors of training images: ${gained}`,
    gain: best.gain,
    mean,
    std,
    mostLogScale: MOST_LOG_SCALE,
    width: COUPLINGS.width,
    couplings: couplingsOf(best.weights, units),
    base,
  };
}

type Weights = ReadonlyMap<string, Float32Array>;

/** From the last to the first: the way from the base to codes. */
function couplingsOf(weights: Weights, units: number): StoredCoupling[] {
  const couplings = Array.from({ length: COUPLINGS.layers }, (_, layer): StoredCoupling => {
    const stored = (name: string) => {
      const of = (kind: string) => storedFloats(weights.get(`coupling${layer + 1}.${name}.${kind}`)!);
      return { weight: of('weight'), bias: of('bias') };
    };
    return {
      passed: passedUnits(layer, units),
      hidden1: stored('hidden1'),
      hidden2: stored('hidden2'),
      scale: stored('scale'),
      shift: stored('shift'),
    };
  });
  return couplings.reverse();
}
