/** A flow that was fitted to codes, as `samplers.json` has it: all that its draws need, tensors as base64 of little-endian float32. */
import * as z from 'zod/mini';
import { isLayer, layerSchema, type StoredLayer } from './layer-file.ts';
import { isMixture, mixtureSchema, type StoredMixture } from './mixture-file.ts';

const numbers = z.array(z.number());

/**
 * A coupling, on its way from the base to codes: units that `passed` marks stay, and say how the others y move:
 * (y − t) · exp(−s), with s = mostLogScale · tanh(scale(h)), t = shift(h) and h = elu(hidden2(elu(hidden1(passed units, others 0)))).
 */
export interface StoredCoupling {
  /** Shape [units]: 1 for those that stay, 0 for those that move. */
  passed: number[];
  /** From the units to `width`. */
  hidden1: StoredLayer;
  /** From `width` to `width`. */
  hidden2: StoredLayer;
  /** From `width` to the units. */
  scale: StoredLayer;
  /** From `width` to the units. */
  shift: StoredLayer;
}

/** A flow over codes, as stored: a mixture of Gaussians, bent by couplings. */
export interface StoredFlow {
  /** What it was fitted to, in words. */
  note: string;
  /** How much higher the mean of ln p is on codes held out of its fit than that of the mixture alone, in nats. */
  gain: number;
  /** Shape [units]: the couplings work on codes less this mean … */
  mean: number[];
  /** … divided by this. */
  std: number[];
  /** ln of the most that a coupling stretches by. */
  mostLogScale: number;
  /** Units of the couplings' hidden layers. */
  width: number;
  /** In the order in which draws go through them. */
  couplings: StoredCoupling[];
  /** What draws begin as, in the units of codes. Its `range` is what draws end within. */
  base: StoredMixture;
}

export const flowSchema: z.ZodMiniType<StoredFlow> = z.object({
  note: z.string(),
  gain: z.number(),
  mean: numbers,
  std: numbers,
  mostLogScale: z.number(),
  width: z.int().check(z.minimum(1), z.maximum(4096)),
  couplings: z.array(
    z.object({
      passed: numbers,
      hidden1: layerSchema,
      hidden2: layerSchema,
      scale: layerSchema,
      shift: layerSchema,
    }),
  ),
  base: mixtureSchema,
});

/** Whether it is one of codes of so many units. */
export function isFlow({ mean, std, width, couplings, base }: StoredFlow, units: number): boolean {
  const sizes = [
    ['hidden1', units, width],
    ['hidden2', width, width],
    ['scale', width, units],
    ['shift', width, units],
  ] as const;
  return (
    mean.length === units &&
    std.length === units &&
    std.every((value) => value > 0) &&
    isMixture(base, units) &&
    couplings.every(
      (coupling) =>
        coupling.passed.length === units &&
        sizes.every(([name, from, to]) => isLayer(coupling[name], from, to)),
    )
  );
}
