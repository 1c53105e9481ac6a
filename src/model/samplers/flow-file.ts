/** A flow that was fitted to codes, as `samplers.json` has it: all that its draws need, tensors as base64 of little-endian float32. */
import * as z from 'zod/mini';
import { base64, bytesOfBase64 } from '../../codecs/base64.ts';
import { isMixture, mixtureSchema, type StoredMixture } from './mixture-file.ts';

const numbers = z.array(z.number());
const layerSchema = z.object({ weight: z.string(), bias: z.string() });

/** A dense layer y = x · W + b, as stored. */
export interface StoredLayer {
  /** W by rows, as base64 of little-endian float32: [inputs, outputs]. */
  weight: string;
  /** The same of b. */
  bias: string;
}

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

/** Values for the file. */
export function storedFloats(values: Float32Array): string {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return base64(bytes);
}

/** Values of the file. */
export function floatsOf(text: string): Float32Array {
  const bytes = bytesOfBase64(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength >> 2 }, (_, i) => view.getFloat32(4 * i, true));
}

/** Whether it is one of codes of so many units. */
export function isFlow({ mean, std, width, couplings, base }: StoredFlow, units: number): boolean {
  const sizes = [
    ['hidden1', units, width],
    ['hidden2', width, width],
    ['scale', width, units],
    ['shift', width, units],
  ] as const;
  const isLayer = ({ weight, bias }: StoredLayer, from: number, to: number) => {
    try {
      return floatsOf(weight).length === from * to && floatsOf(bias).length === to;
    } catch {
      return false;
    }
  };
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
