/** A sparse code in order (Bussmann et al., 2025): its first units reconstruct by themselves, and more of them better. */
import * as z from 'zod/mini';
import { HourglassError } from '../../errors.ts';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';
import {
  activeSchema,
  momentumSchema,
  partNames,
  requireDictionary,
  requireFewer,
  revivalSchema,
  sparseFacts,
} from './sparse-settings.ts';

export const matryoshkaSchema = z
  .strictObject({
    type: z.literal('matryoshka'),
    units: unitsSchema,
    k: activeSchema('the units that are kept for each image on average; an image may have more or fewer'),
    prefixes: z
      .optional(z.array(z.int().check(z.minimum(1))).check(z.minLength(1), z.maxLength(16)))
      .check(
        z.describe(
          'how many of the first units reconstruct by themselves, rising (default: a sixteenth, an eighth, a quarter and half of them)',
        ),
      ),
    momentum: momentumSchema,
    revival: revivalSchema,
  })
  .check(
    z.describe(
      'a sparse code as batchTopk, whose first units reconstruct by themselves: they become the general ones, the last the special ones',
    ),
  );

type Config = z.infer<typeof matryoshkaSchema>;

/** Its part of the loss. */
export const PREFIXES = 'prefixes';

/** The lengths of the prefixes, rising and shorter than the code. */
export const prefixesOf = ({ units, prefixes }: Config): number[] =>
  prefixes ?? [...new Set([16, 8, 4, 2].map((part) => Math.floor(units / part)))].filter((n) => n >= 1);

export const matryoshkaFacts = {
  type: 'matryoshka',
  schema: matryoshkaSchema,
  ...sparseFacts,
  partNames: { [PREFIXES]: 'error of the prefixes', ...partNames },
  check(config, { model }) {
    requireDictionary('matryoshka', model);
    requireFewer(config.units, config.k);
    const lengths = [...prefixesOf(config), config.units];
    if (lengths.every((length, i) => i === 0 || length > lengths[i - 1]!)) return;
    throw new HourglassError('usage', {
      subject: 'model.code.prefixes',
      rule: `must rise and stay below the number of units, ${config.units}`,
      got: prefixesOf(config).join(', '),
      hint: 'leave it out',
    });
  },
} as const satisfies CodeFacts<Config>;
