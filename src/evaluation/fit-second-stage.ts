/** Fits a second variational autoencoder to codes (Dai & Wipf, 2019), and keeps its decoder. */
import { HourglassError } from '../errors.ts';
import { storedFloats } from '../model/samplers/layer-file.ts';
import type { StoredSecondStage } from '../model/samplers/second-stage-file.ts';
import { LEAST_VARIANCE, type SecondStageShape, secondStageGraph } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { fitNetwork } from '../training/index.ts';
import { gaussianNats } from './gaussian-nats.ts';
import type { OnProgress } from './progress.ts';
import { shortened } from './shortened.ts';
import { type SpreadCodes, standardised } from './standardised-codes.ts';

const SHAPE: SecondStageShape = { layers: 3, width: 512 };
/** Steps by default: some minutes on two cores. */
const STEPS = 2500;
const FIT = { batchSize: 256, learningRate: 0.002 };
/** One code in so many is held out: what is reported is measured on it. */
const HELD_OUT = 10;
/** Codes that it is fitted to, at least. */
const FEWEST = 100;

/** How it is fitted. */
interface SecondStageSettings {
  /** Whether codes have variances; those of others stay within their range. */
  givesVariance: boolean;
  steps?: number | undefined;
  shape?: SecondStageShape;
  seed: number;
  threads: number;
  onProgress: OnProgress;
}

/** @throws HourglassError of kind `usage` for fewer than 100 codes, `diverged` if its loss is not finite. */
export async function fitSecondStage(
  codes: SpreadCodes,
  units: number,
  { givesVariance, steps = STEPS, shape = SHAPE, seed, threads, onProgress }: SecondStageSettings,
): Promise<StoredSecondStage> {
  const count = codes.means.length / units;
  if (count < FEWEST) {
    throw new HourglassError('usage', {
      subject: 'a second stage',
      rule: `is for ${FEWEST} training images or more: it is a network that learns where their codes are`,
      got: count,
      hint: 'take the mixture',
    });
  }
  const { mean, std, min, max, rows } = standardised(codes, units);
  const train = rows((row) => row % HELD_OUT !== 0);
  const held = rows((row) => row % HELD_OUT === 0);
  const graph = secondStageGraph(units, shape);
  const common = { seed, threads };
  const { weights } = await fitNetwork(nodeEngine, graph, train.data, {
    ...{ ...common, ...FIT, count: train.count, steps },
    onProgress: (share, loss) => onProgress(`a second stage, ${loss.toFixed(2)} nats`, share),
  });
  // A held-out loss is a fit's that begins with these weights and keeps them.
  const { loss } = await fitNetwork(nodeEngine, graph, held.data, {
    ...{ ...common, batchSize: held.count, count: held.count, steps: 1, learningRate: 0 },
    begin: new Map([...weights].map(([name, { values }]) => [name, values] as const)),
  });
  const elbo = -loss;
  if (!Number.isFinite(elbo)) {
    throw new HourglassError('diverged', {
      subject: 'the second stage',
      rule: 'did not settle: its loss is not finite',
      hint: 'try another seed, or take the mixture',
    });
  }
  const gaussian = -gaussianNats(train, held, units, LEAST_VARIANCE);
  const of = (name: string) => weights.get(name)!.values;
  const stored = (layer: string) => ({
    weight: storedFloats(of(`decoder.${layer}.weight`)),
    bias: storedFloats(of(`decoder.${layer}.bias`)),
  });
  return {
    note: noteOf({ count: train.count, steps, givesVariance, elbo, gaussian }),
    ...{ elbo, gaussian, mean, std, width: shape.width },
    sigma: shortened(Math.sqrt(Math.exp(2 * of('logSigma')[0]!) + LEAST_VARIANCE)),
    hidden: Array.from({ length: shape.layers }, (_, k) => stored(`hidden${k + 1}`)),
    output: stored('output'),
    range: givesVariance ? null : { min, max },
  };
}

function noteOf({
  count,
  steps,
  givesVariance,
  elbo,
  gaussian,
}: Pick<StoredSecondStage, 'elbo' | 'gaussian'> & {
  count: number;
  steps: number;
  givesVariance: boolean;
}): string {
  const what = givesVariance ? 'posteriors of training images' : 'codes of training images';
  const where = `${count.toLocaleString('en')} ${what} in ${steps.toLocaleString('en')} steps`;
  const figures = `ELBO of held-out codes ${elbo.toFixed(2)} nats, ln p by one Gaussian ${gaussian.toFixed(2)}`;
  const verdict =
    elbo > gaussian ? '' : ': it is sure of less than one Gaussian is; the mixture is the safer choice';
  return `a second variational autoencoder over the codes, fitted to ${where}: ${figures}${verdict}`;
}
