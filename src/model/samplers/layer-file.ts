/** Dense layers of what was fitted to codes, as `samplers.json` has them: tensors as base64 of little-endian float32. */
import * as z from 'zod/mini';
import { base64, bytesOfBase64 } from '../../codecs/base64.ts';

/** A dense layer y = x · W + b, as stored. */
export interface StoredLayer {
  /** W by rows, as base64 of little-endian float32: [inputs, outputs]. */
  weight: string;
  /** The same of b. */
  bias: string;
}

export const layerSchema: z.ZodMiniType<StoredLayer> = z.object({ weight: z.string(), bias: z.string() });

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

/** Whether it is one from so many numbers to so many, all of them finite. */
export function isLayer({ weight, bias }: StoredLayer, from: number, to: number): boolean {
  const has = (text: string, size: number) => {
    const values = floatsOf(text);
    return values.length === size && values.every(Number.isFinite);
  };
  try {
    return has(weight, from * to) && has(bias, to);
  } catch {
    return false;
  }
}

/** What a layer makes of numbers. */
export type Layer = (x: Float64Array) => Float64Array;

export function layerOf(stored: StoredLayer): Layer {
  const [weight, bias] = [floatsOf(stored.weight), floatsOf(stored.bias)];
  const to = bias.length;
  return (x) => {
    const y = Float64Array.from(bias);
    for (const [i, value] of x.entries()) {
      if (value === 0) continue;
      for (let j = 0, at = i * to; j < to; j++) y[j]! += value * weight[at + j]!;
    }
    return y;
  };
}
