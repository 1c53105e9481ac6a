/**
 * A second variational autoencoder, whose data are the codes of a first one (Dai & Wipf, 2019): what the codes of all images follow is
 * drawn from its own prior N(0, I) and its decoder.
 */
import {
  add,
  clip,
  concat,
  div,
  exp,
  log,
  mul,
  reduceSum,
  relu,
  type Sym,
  square,
  sub,
} from '../../graph/index.ts';
import { dense, type Network, normalKl, sampleNormal } from '../../nn/index.ts';
import { type FittedGraph, fittedGraph } from './fitted.ts';

/** How large both its halves are. */
export interface SecondStageShape {
  /** Hidden layers of each half. */
  layers: number;
  /** Units of each. */
  width: number;
}

/** The least variance of the decoder's noise, of standardised codes: values that many codes share would have none. */
export const LEAST_VARIANCE = 1e-4;

/** ln σ² of the second code is kept within these, so that no exponential overflows. */
const LOG_VARIANCES = [-20, 5] as const;

/** Rectified layers `hidden1`, `hidden2`, …, behind each of which the input is joined again: [N, width + inputs]. */
function hidden(net: Network, x: Sym, { layers, width }: SecondStageShape): Sym {
  let h = x;
  for (let k = 1; k <= layers; k++) h = concat([relu(linear(net, `hidden${k}`, h, width)), x], 1);
  return h;
}

const linear = (net: Network, name: string, x: Sym, units: number): Sym =>
  net.within(name, () => dense(net, x, { units, bias: true, initialiser: 'glorotUniform' }));

/**
 * The negative evidence lower bound on ln p of standardised codes, in nats: −ln N(code; decoder(u), σ²) + KL, with u drawn from what the
 * encoder says of the code, and with one learned σ² = exp(2 `logSigma`) + `LEAST_VARIANCE` for all units. Each row has the mean `x` and the σ `spread`, both [N, units]: a step draws its
 * codes from them. The layers are `encoder.hidden1`, …, `encoder.mean`, `encoder.logVariance`, `decoder.hidden1`, …, `decoder.output`.
 */
export function secondStageGraph(units: number, shape: SecondStageShape): FittedGraph {
  return fittedGraph({ x: [units], spread: [units] }, (net, { x, spread }) => {
    const codes = add(x, mul(net.random('noise', [units], { type: 'normal' }), spread));
    const second = net.within('encoder', () => {
      const seen = hidden(net, codes, shape);
      const logVariance = clip(linear(net, 'logVariance', seen, units), ...LOG_VARIANCES);
      return { mean: linear(net, 'mean', seen, units), logVariance };
    });
    const u = sampleNormal(net, second);
    const made = net.within('decoder', () => linear(net, 'output', hidden(net, u, shape), units));
    const first = { type: 'constant', value: 0 } as const;
    const variance = add(exp(mul(net.parameter('logSigma', [1], first, 'bias'), 2)), LEAST_VARIANCE);
    const errors = add(div(square(sub(codes, made)), variance), log(mul(variance, 2 * Math.PI)));
    return add(mul(reduceSum(errors, [1]), 0.5), reduceSum(normalKl(second), [1]));
  });
}
