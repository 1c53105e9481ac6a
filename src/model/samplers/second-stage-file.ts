/** A second variational autoencoder that was fitted to codes, as `samplers.json` has it: its decoder, all that its draws need. */
import * as z from 'zod/mini';
import { isLayer, layerSchema, type StoredLayer } from './layer-file.ts';
import { rangeSchema, type StoredMixture } from './mixture-file.ts';

const numbers = z.array(z.number());
/** Hidden layers, at most. */
const MOST_LAYERS = 16;

/**
 * The decoder of a second variational autoencoder, whose data are codes: y = output(hₙ, u) + sigma · ε of standardised codes, with u and ε
 * drawn from N(0, I), each [units], and hₖ = relu(hidden(hₖ₋₁, u)), where h₀ is empty.
 */
export interface StoredSecondStage {
  /** What it was fitted to, in words. */
  note: string;
  /** The mean of the evidence lower bound on ln p of codes held out of its fit, standardised, in nats. */
  elbo: number;
  /** The mean of ln p of the same codes by one Gaussian, in nats. */
  gaussian: number;
  /** Shape [units]: the decoder makes codes less this mean … */
  mean: number[];
  /** … divided by this. */
  std: number[];
  /** The learned σ of the decoder's noise. */
  sigma: number;
  /** Units of the hidden layers. */
  width: number;
  /** The first from u, [units], the others from `width` numbers and u behind them; each to `width`. */
  hidden: StoredLayer[];
  /** From `width` numbers and u to the units. */
  output: StoredLayer;
  /** What draws do not leave; null for variational models. */
  range: StoredMixture['range'];
}

export const secondStageSchema: z.ZodMiniType<StoredSecondStage> = z.object({
  note: z.string(),
  elbo: z.number(),
  gaussian: z.number(),
  mean: numbers,
  std: numbers,
  sigma: z.number().check(z.positive()),
  width: z.int().check(z.minimum(1), z.maximum(4096)),
  hidden: z.array(layerSchema).check(z.minLength(1), z.maxLength(MOST_LAYERS)),
  output: layerSchema,
  range: rangeSchema,
});

/** Whether it is one of codes of so many units. */
export const isSecondStage = (
  { mean, std, width, hidden, output, range }: StoredSecondStage,
  units: number,
): boolean =>
  [mean, std, ...(range === null ? [] : [range.min, range.max])].every((values) => values.length === units) &&
  std.every((value) => value > 0) &&
  hidden.every((layer, k) => isLayer(layer, k === 0 ? units : width + units, width)) &&
  isLayer(output, width + units, units);
