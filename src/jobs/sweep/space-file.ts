/** A sweep as a file: its recipe, its space, and how it is searched. */
import * as z from 'zod';
import { PRUNERS, SEARCHES } from '../../choices.ts';
import { HourglassError } from '../../errors.ts';
import { readTextIfThereSync } from '../../read-file.ts';
import { parseSpace, spaceSchema, type Value } from '../../sweeps/index.ts';
import type { SweepOptions } from './options.ts';

const fileSchema = z.strictObject({
  recipe: z.union([z.string(), z.record(z.string(), z.json())]),
  space: spaceSchema,
  set: z.record(z.string(), z.json()).default({}),
  search: z.enum(SEARCHES).optional(),
  prune: z.enum(PRUNERS).optional(),
  objectives: z.array(z.string()).min(1).optional(),
  trials: z.int().min(1).optional(),
  seeds: z.int().min(1).optional(),
  searchSeed: z.int().min(0).optional(),
  data: z.string().optional(),
  epochs: z.int().min(1).optional(),
});

/** Null for a recipe: its name, or a file without a space. @throws HourglassError (usage) for a file that is not valid. */
export function readSpace(
  source: string,
): { recipe: string | Record<string, unknown>; options: SweepOptions } | null {
  if (!source.endsWith('.json')) return null;
  const text = readTextIfThereSync(source, { most: 1e6, kind: 'usage' });
  if (text === null) throw new HourglassError('usage', { subject: source, rule: 'there is no such file' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HourglassError('usage', {
      subject: source,
      rule: `is not valid JSON (${(cause as Error).message})`,
    });
  }
  if (typeof value !== 'object' || value === null || !('space' in value)) return null;
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new HourglassError('usage', {
      subject: `${source}: ${issue.path.join('.') || 'it'}`,
      rule: issue.message,
    });
  }
  const { recipe, space: written, set, ...options } = parsed.data;
  const { space, fixed } = parseSpace(written);
  return { recipe, options: { ...options, space, fixed: { ...(set as Record<string, Value>), ...fixed } } };
}
