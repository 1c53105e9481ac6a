/**
 * ONNX Runtime's blocked convolutions: with channels in blocks as wide as the processor's vectors they take half of the
 * time. It uses them itself where weights are constants; in training they are not, so a graph that is to be run
 * writes them out. Their domain is internal and the width depends on the processor: both are tried.
 */

import { conv, input } from '../../graph/index.ts';
import { encodeModel } from '../../onnx/index.ts';
import { sizeOf } from '../../size.ts';
import { openSession } from './session.ts';

/** Of AVX-512 and NEON, and of AVX. */
const WIDTHS = [16, 8];
const CHANNELS = 16;
const SIDE = 5;

let found: Promise<number | null> | undefined;

/** Channels in a block on this machine; null if the blocked convolution is absent, or computes something else. */
export function convolutionBlock(): Promise<number | null> {
  found ??= (async () => {
    const plain = await convolved(null).catch(() => null);
    if (plain === null) return null;
    for (const width of WIDTHS) {
      const blocked = await convolved(width).catch(() => null);
      if (blocked?.every((value, i) => Math.abs(value - plain[i]!) < 1e-3)) return width;
    }
    return null;
  })();
  return found;
}

/** One convolution of fixed numbers, with channels in blocks or not. */
async function convolved(channelBlock: number | null): Promise<Float32Array> {
  const maps = input('maps', [1, CHANNELS, SIDE, SIDE]);
  const weight = input('weight', [CHANNELS, CHANNELS, 3, 3]);
  const y = conv(maps, weight, { pads: [1, 1, 1, 1] });
  const model = encodeModel({
    name: 'blocked-convolution',
    inputs: { maps, weight },
    outputs: { y },
    toRun: { channelBlock },
  });
  const session = await openSession(model, { threads: 1 });
  try {
    const numbers = (shape: readonly number[]) => {
      const length = sizeOf(shape);
      return { data: Float32Array.from({ length }, (_, i) => Math.sin(i)), shape };
    };
    const results = await session.run({
      maps: numbers([1, CHANNELS, SIDE, SIDE]),
      weight: numbers([CHANNELS, CHANNELS, 3, 3]),
    });
    return results.y!.data;
  } finally {
    await session.dispose();
  }
}
