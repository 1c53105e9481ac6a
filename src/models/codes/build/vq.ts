import type * as z from 'zod/mini';
import { HourglassError } from '../../../errors.ts';
import {
  BATCH,
  reduceSum,
  reshape,
  type Sym,
  square,
  stopGradient,
  straightThrough,
  sub,
  times,
  transpose,
} from '../../../graph/index.ts';
import { nearestEntries } from '../../../nn/index.ts';
import type { CodeBuilder } from '../kind.ts';
import { COMMITMENT, type vqSchema } from '../vq.ts';
import { linear } from './linear.ts';

export const vqBuilder = {
  type: 'vq',
  make(net, h, config, { initialiser }) {
    const { units, width, commitment } = config;
    requireMultiple(units, width);
    const isMaps = h.shape.length === 4;
    const numbers = linear(net, h, units, initialiser);
    const places = isMaps ? (numbers.shape.slice(2) as [number, number]) : [];
    const positions = places.reduce((a, b) => a * b, units / width);
    const rows = [positions === 1 ? BATCH : times(positions, BATCH), width];
    const vectors = reshape(isMaps ? transpose(numbers, [0, 2, 3, 1]) : numbers, rows);
    const { index, chosen } = nearestEntries(net, vectors, { ...config, positions });
    const back = (x: Sym) => {
      const shaped = reshape(x, [BATCH, ...places, units]);
      return isMaps ? transpose(shaped, [0, 3, 1, 2]) : shaped;
    };
    const value = back(straightThrough(vectors, chosen));
    return {
      value,
      plain: value,
      outputs: { index: reshape(index, [BATCH, positions]) },
      parts: (net) =>
        net.within(COMMITMENT, () => [
          {
            name: COMMITMENT,
            definition:
              '‖h − e‖², the squared distance from the chosen vectors, summed over units, mean over images',
            unit: '‖h − e‖² per image',
            weight: commitment.weight,
            couplesImages: true,
            symbol: net.mean(reduceSum(square(sub(vectors, stopGradient(chosen))), [1])),
          },
        ]),
    };
  },
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof vqSchema>>;

function requireMultiple(units: number, width: number): void {
  if (units % width === 0) return;
  throw new HourglassError('usage', {
    subject: 'model.code.units',
    rule: `must be a multiple of the width of a vector, ${width}`,
    got: units,
    hint: `set model.code.units=${Math.max(1, Math.round(units / width)) * width}`,
  });
}
