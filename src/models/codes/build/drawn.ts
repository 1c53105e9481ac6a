/**
 * A Gaussian code whose KL divergence is measured on the codes that are drawn: with a prior that is learned there is no
 * closed form, and the weights of importance-weighted training are those of single codes.
 */
import { add, mul, neg, type Sym, stopGradient, sub } from '../../../graph/index.ts';
import {
  doublyReparameterised,
  importanceBound,
  logNormal,
  type Network,
  type NormalCode,
  normalEntropy,
  sampleNormals,
} from '../../../nn/index.ts';
import type { PartSymbol } from '../../part.ts';
import { type GaussianCode, KL, priorNameOf } from '../gaussian.ts';
import type { BuiltModel, Code } from '../kind.ts';
import { codesOf, GAIN, gainWeight, gainWords, type Importance, weighingOf } from '../weighing.ts';
import { settledPrior } from './priors/index.ts';

/** ln p(z) of codes, [rows]. */
type LogPrior = (z: Sym) => Sym;

export function drawnCode(
  net: Network,
  normal: NormalCode,
  config: GaussianCode,
): Pick<Code, 'value' | 'parts'> {
  if (net.mode === 'infer') return { value: normal.mean };
  const { importance } = config;
  const drawn = sampleNormals(net, normal, codesOf(importance));
  const logPrior =
    (net: Network, { prior }: BuiltModel): LogPrior =>
    (z) =>
      net.within('prior', () => settledPrior.logDensity(net, z, config, prior));
  if (importance == null) {
    return {
      value: drawn,
      parts: (net, model) => divergence(net, normal, drawn, config, logPrior(net, model)),
    };
  }
  // With doubly reparameterised gradients the loss sees codes only, and the way to the encoder is added to its parts.
  const value = importance.gradient === 'doubly' ? stopGradient(drawn) : drawn;
  return {
    value,
    parts: (net, model) =>
      weighed(net, { normal, value, drawn }, importance, {
        config,
        logPrior: logPrior(net, model),
        logLikelihood: model.logLikelihood(),
      }),
  };
}

const words = (config: GaussianCode, of: string): string =>
  `KL divergence from ${priorNameOf(config)} (nats), by ${of} drawn for each image, mean over images`;

/** −H(q) − ln p(z): the entropy of q in closed form, the rest by the code. */
function divergence(
  net: Network,
  normal: NormalCode,
  code: Sym,
  config: GaussianCode,
  logPrior: LogPrior,
): PartSymbol[] {
  const { weight, warmup } = config.kl;
  const rising = warmup === 0 ? '' : `; in training its weight rises over the first ${warmup} epochs`;
  const kl = neg(add(normalEntropy(normal), logPrior(code)));
  return net.within(KL, () => [
    {
      name: KL,
      definition: `${words(config, 'one code')}${rising}`,
      unit: 'KL per image (nats)',
      weight,
      couplesImages: false,
      symbol: net.mean(kl),
      scheduled: net.schedule('weight', weight, (epochs) =>
        warmup === 0 ? weight : weight * Math.min(1, epochs / warmup),
      ),
    },
  ]);
}

/**
 * Reconstruction and KL divergence, both means over the codes of an image, add up to the ELBO; the gain is what the bound
 * is above it. So reconstruction + KL + gain = −bound.
 */
function weighed(
  net: Network,
  { normal, value, drawn }: { normal: NormalCode; value: Sym; drawn: Sym },
  importance: Importance,
  model: { config: GaussianCode; logPrior: LogPrior; logLikelihood: Sym },
): PartSymbol[] {
  const weighing = weighingOf(importance);
  const codes = codesOf(importance);
  const isDoubly = importance.gradient === 'doubly';
  const q = isDoubly
    ? { mean: stopGradient(normal.mean), logVariance: stopGradient(normal.logVariance) }
    : normal;
  const logRatio = sub(model.logPrior(value), logNormal(value, q, codes));
  const logWeights = add(model.logLikelihood, logRatio);
  const { bound, elbo, shares } = importanceBound(logWeights, weighing);
  const path = isDoubly
    ? doublyReparameterised({ logWeights, shares }, { code: value, drawn }, weighing)
    : null;
  const kl = mul(net.mean(neg(logRatio)), 1 / codes);
  const gain = net.mean(sub(elbo, bound));
  return [
    {
      name: KL,
      definition: words(model.config, codes === 1 ? 'one code' : `${codes} codes`),
      unit: 'KL per image (nats)',
      weight: 1,
      couplesImages: false,
      symbol: path === null ? kl : sub(kl, net.mean(path.elbo)),
    },
    {
      name: GAIN,
      definition: gainWords(importance),
      unit: 'gain per image (nats)',
      weight: gainWeight(importance),
      couplesImages: false,
      symbol: path === null ? gain : add(gain, net.mean(sub(path.elbo, path.bound))),
    },
  ];
}
