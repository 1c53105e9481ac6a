/** What the page sends, checked. */
import * as z from 'zod';
import { SAMPLERS } from '../../choices.ts';
import { Problem } from '../../server/problem.ts';

/** A recipe and its values are checked by the recipe's own schema, when the training begins. */
const values = z.record(z.string().max(200), z.unknown());

export const trainRequest = z.strictObject({
  recipe: z.union([z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/), values]),
  set: values,
  data: z.string().max(200),
  paused: z.boolean().optional(),
});

/** What would be found in a table. */
export const columnsRequest = trainRequest.omit({ paused: true });

/** Checked by the recipe's own schema. */
export const recipeRequest = z.strictObject({ file: z.string().min(1).max(255), recipe: z.unknown() });

const number = z.number().positive();
export const commandRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  z.strictObject({ type: z.literal('step'), count: z.int().min(1).max(1_000_000) }),
  z.strictObject({ type: z.literal('speed'), stepsPerSecond: number.max(10_000).nullable() }),
  z.strictObject({ type: z.literal('learning-rate'), value: number.min(1e-12).max(1e6) }),
  z.strictObject({ type: z.literal('stop') }),
]);

export const samplerRequest = z.strictObject({ kind: z.enum(SAMPLERS) });

export const tagsRequest = z.strictObject({ tags: z.array(z.string().max(64)).max(50) });

/** @throws Problem 422 that names the field. */
export function parsed<T>(schema: z.ZodType<T>, given: unknown): T {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue!.path.length === 0 ? 'The body' : issue!.path.join('.');
  throw new Problem(422, `${place}: ${issue!.message}.`);
}
