/** What a prior of variational codes is: its settings, and what it has. build/priors/ has its graph. */
import type * as z from 'zod/mini';
import type { Sym } from '../../../graph/index.ts';
import type { Network } from '../../../nn/index.ts';
import type { ObjectiveOf, PriorFacts, PriorModel, StartImages } from '../kind.ts';

/** Settings of any prior. */
export interface AnyPrior {
  type: string;
}

/** The code that a prior is of. */
export interface CodeOfPrior {
  units: number;
  kl: { freeBits: number };
}

export interface PriorKind<Config extends AnyPrior = AnyPrior> {
  /** `model.code.prior.type` in a recipe. */
  readonly type: Config['type'];
  readonly schema: z.core.$ZodObject;
  facts(config: Config): PriorFacts;
  /** Weights that begin as training images; null if there are none. */
  startImages?(config: Config): StartImages | null;
  /** @throws HourglassError if it does not fit the code or the model's layers. */
  check?(config: Config, code: CodeOfPrior, objective: ObjectiveOf): void;
}

/** How a prior is built. */
export interface PriorGraph<Config extends AnyPrior = AnyPrior> {
  /** That of its {@link PriorKind}. */
  readonly type: Config['type'];
  /** Numbers of noise for one code of `units`. */
  noiseUnits(config: Config, units: number): number;
  /** Codes [N, units] drawn with standard normal noise [N, noiseUnits]. */
  sample(net: Network, noise: Sym, config: Config, model: PriorModel): Sym;
  /** ln p(z) of codes [rows, units], [rows], in nats. */
  logDensity(net: Network, z: Sym, config: Config, model: PriorModel): Sym;
}
