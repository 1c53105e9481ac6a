/** A vector-quantised code (van den Oord et al., 2017): each few units are one vector of a codebook. */
import * as z from 'zod/mini';
import { HourglassError } from '../../errors.ts';
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
} from '../../graph/index.ts';
import { conv, dense, nearestEntries } from '../../nn/index.ts';
import { unitsSchema } from '../settings.ts';
import type { CodeKind } from './kind.ts';

const share = (byDefault: number, words: string) =>
  z._default(z.number().check(z.minimum(0), z.lt(1)), byDefault).check(z.describe(words));

const schema = z
  .strictObject({
    type: z.literal('vq'),
    units: unitsSchema,
    width: z
      ._default(z.int().check(z.minimum(1), z.maximum(4096)), 4)
      .check(z.describe('the numbers of one vector; units is a multiple of it')),
    entries: z
      ._default(z.int().check(z.minimum(2), z.maximum(65_536)), 256)
      .check(z.describe('the vectors of the codebook: 256 are 8 bits for each position')),
    commitment: z
      .prefault(
        z.strictObject({
          weight: z
            ._default(z.number().check(z.minimum(0)), 0.25)
            .check(z.describe('what it is multiplied by in the loss')),
        }),
        {},
      )
      .check(z.describe('the squared distance of the encoder from the vectors that it is given')),
    decay: share(
      0.99,
      'how much of a vector of the codebook a step keeps; the rest is the mean of what chose it',
    ),
    restartBelow: share(
      0.1,
      'a vector with less than this share of an even use takes the place of a random code of the batch',
    ),
  })
  .check(
    z.describe(
      'vector quantisation: each few units are replaced by the nearest vector of a learned codebook; after maps, for each position',
    ),
  );

const PART = 'commitment';

export const vqCode = {
  type: 'vq',
  schema,
  couplesImages: true,
  make(net, h, config, { initialiser }) {
    const { units, width, commitment } = config;
    requireMultiple(units, width);
    const isMaps = h.shape.length === 4;
    const numbers = isMaps
      ? conv(net, h, { channels: units, kernel: 1, stride: 1, padding: 'same', bias: true, initialiser })
      : dense(net, h, { units, bias: true, initialiser });
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
        net.within(PART, () => [
          {
            name: PART,
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
  traits: ({ entries, width }) => ({
    hasVariance: false,
    rate: null,
    activation: null,
    range: null,
    isDense: false,
    inEpochs: [],
    symbols: { each: 'position', count: entries, width },
  }),
  prior: null,
  outputs: {
    index: { words: 'the number of the codebook vector at each position, a whole number', perUnit: false },
  },
  isSampled: false,
  partNames: { [PART]: 'commitment' },
} as const satisfies CodeKind<z.infer<typeof schema>>;

function requireMultiple(units: number, width: number): void {
  if (units % width === 0) return;
  throw new HourglassError('usage', {
    subject: 'model.code.units',
    rule: `must be a multiple of the width of a vector, ${width}`,
    got: units,
    hint: `set model.code.units=${Math.max(1, Math.round(units / width)) * width}`,
  });
}
