/**
 * A discriminator of codes (Makhzani et al., 2016): dense layers that tell codes of images from draws of the prior. It learns in
 * the same step as the encoder it works against. Which of the two a loss moves is decided by what is held: the loss of one holds
 * what belongs to the other.
 */
import { gradients } from '../autodiff/index.ts';
import {
  add,
  gemm,
  leakyRelu,
  neg,
  reduceSum,
  type Sym,
  softplus,
  square,
  stopGradient,
} from '../graph/index.ts';
import { initialiser, zeros } from './initialisers.ts';
import type { Network } from './network.ts';
import { columnsOf } from './shapes.ts';

export interface AdversarySettings {
  /** Hidden layers. */
  layers: number;
  /** Units of each. */
  width: number;
}

const SLOPE = 0.2;

/** ln of the odds that each code, [N, units], was drawn from the prior, [N]; `held`: no gradient reaches the weights. */
function logOdds(net: Network, codes: Sym, { layers, width }: AdversarySettings, held: boolean): Sym {
  const layer = (x: Sym, name: string, units: number): Sym =>
    net.within(name, () => {
      const fanIn = columnsOf(net, x);
      const weight = net.parameter(
        'weight',
        [fanIn, units],
        initialiser('glorotUniform', fanIn, units),
        'weight',
        'opponent',
      );
      const bias = net.parameter('bias', [units], zeros, 'bias', 'opponent');
      return held
        ? gemm(x, stopGradient(weight), { addend: stopGradient(bias) })
        : gemm(x, weight, { addend: bias });
    });
  let h = codes;
  for (let i = 1; i <= layers; i++) h = leakyRelu(layer(h, `dense${i}`, width), SLOPE);
  return reduceSum(layer(h, 'odds', 1), [1]);
}

/**
 * Losses of codes and of draws from the prior, each [N, units], mean over images, the first two in nats; D is the chance that a code is
 * from the prior. `encoder`, −ln D(code), moves what made the codes and holds the discriminator (the loss that does not
 * saturate; Goodfellow et al., 2014). `discriminator`, −ln D(prior) − ln(1 − D(code)), moves the discriminator alone. So does
 * `gradient`, the squared length of ∂ ln(D / (1 − D)) / ∂z at a code and at a draw: it keeps the discriminator from turning so steep
 * that its gradient tells the encoder nothing (Mescheder et al., 2018).
 */
export function adversarialLosses(
  net: Network,
  codes: Sym,
  prior: Sym,
  settings: AdversarySettings,
): { encoder: Sym; discriminator: Sym; gradient: Sym } {
  const minusLog = (odds: Sym) => net.mean(softplus(neg(odds)));
  const held = stopGradient(codes);
  const [made, drawn] = [held, prior].map((rows) => logOdds(net, rows, settings, false)) as [Sym, Sym];
  const slope = (odds: Sym, rows: Sym) => net.mean(square(gradients(reduceSum(odds), [rows])[0]!));
  return {
    encoder: minusLog(logOdds(net, codes, settings, true)),
    discriminator: add(minusLog(drawn), net.mean(softplus(made))),
    gradient: add(slope(made, held), slope(drawn, prior)),
  };
}
