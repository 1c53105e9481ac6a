import type * as z from 'zod/mini';
import { HourglassError } from '../../../errors.ts';
import {
  add,
  BATCH,
  concat,
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
import { type CodebookSettings, type Network, nearestEntries } from '../../../nn/index.ts';
import type { CodeBuilder } from '../kind.ts';
import { COMMITMENT, stageName, type vqSchema } from '../vq.ts';
import { linear } from './linear.ts';

export const vqBuilder = {
  type: 'vq',
  make(net, h, config, { initialiser }) {
    const { units, width, commitment, stages } = config;
    requireMultiple(units, width);
    const isMaps = h.shape.length === 4;
    const numbers = linear(net, h, units, initialiser);
    const places = isMaps ? (numbers.shape.slice(2) as [number, number]) : [];
    const positions = places.reduce((a, b) => a * b, units / width);
    const rows = [positions === 1 ? BATCH : times(positions, BATCH), width];
    const vectors = reshape(isMaps ? transpose(numbers, [0, 2, 3, 1]) : numbers, rows);
    const found = quantised(net, vectors, { ...config, positions });
    const back = (x: Sym) => {
      const shaped = reshape(x, [BATCH, ...places, units]);
      return isMaps ? transpose(shaped, [0, 3, 1, 2]) : shaped;
    };
    // The sum of the stages has the slope of the encoder's vectors: the first one passes it on.
    const value = concatOf(
      found.map(({ chosen }, i) => back(i === 0 ? straightThrough(vectors, chosen) : stopGradient(chosen))),
      1,
    );
    const perImage = [...places, ...(isMaps && units === width ? [] : [units / width])];
    const index = found.map((stage) =>
      reshape(stage.index, [BATCH, ...perImage, ...(stages > 1 ? [1] : [])]),
    );
    return {
      value,
      plain: value,
      outputs: { index: concatOf(index, perImage.length + 1) },
      parts: (net) =>
        net.within(COMMITMENT, () => [
          {
            name: COMMITMENT,
            definition: DISTANCE[stages > 1 ? 'stages' : 'one'],
            unit: '‖h − e‖² per image',
            weight: commitment.weight,
            couplesImages: true,
            symbol: net.mean(
              found
                .map(({ from, chosen }) => reduceSum(square(sub(from, stopGradient(chosen))), [1]))
                .reduce(add),
            ),
          },
        ]),
    };
  },
  embed(_net, code, { stages, units }) {
    if (stages === 1) return code;
    return reduceSum(reshape(code, [BATCH, stages, units, ...code.shape.slice(2)]), [1]);
  },
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof vqSchema>>;

const DISTANCE = {
  one: '‖h − e‖², the squared distance from the chosen vectors, summed over units, mean over images',
  stages:
    '‖h − e‖², the squared distance of what is left before each stage from the vectors chosen in it, summed over units and stages, mean over images',
};

interface Stage {
  /** What is left for it, [rows, width]. */
  from: Sym;
  index: Sym;
  chosen: Sym;
}

/** The vectors by one codebook after the other: each takes what the last left. */
function quantised(
  net: Network,
  vectors: Sym,
  { stages, ...settings }: CodebookSettings & { stages: number },
): Stage[] {
  const found: Stage[] = [];
  let from = vectors;
  for (let stage = 1; stage <= stages; stage++) {
    const nearest = () => nearestEntries(net, from, settings);
    const { index, chosen } = stage === 1 ? nearest() : net.within(stageName(stage), nearest);
    found.push({ from, index, chosen });
    from = sub(from, stopGradient(chosen));
  }
  return found;
}

const concatOf = (parts: readonly Sym[], axis: number): Sym =>
  parts.length === 1 ? parts[0]! : concat(parts, axis);

function requireMultiple(units: number, width: number): void {
  if (units % width === 0) return;
  throw new HourglassError('usage', {
    subject: 'model.code.units',
    rule: `must be a multiple of the width of a vector, ${width}`,
    got: units,
    hint: `set model.code.units=${Math.max(1, Math.round(units / width)) * width}`,
  });
}
