/** JSON from strangers: its depth is known before it is parsed, and what it says is checked by a schema. */
import type { z } from 'zod';
import { nearest } from '../../runs/index.ts';
import { Problem, quoted } from '../problem.ts';

/** Lists within lists: [images][channels][rows][columns] in an object or two. */
const DEEPEST = 8;

/** @throws Problem 400 for anything that is no JSON, or is nested deeper than any valid request. */
export function parseJson(bytes: Uint8Array): unknown {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (inText) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > DEEPEST) throw new Problem(400, `JSON may be nested ${DEEPEST} deep at most.`);
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, 'The body must be JSON in UTF-8.');
  }
}

/** @throws Problem 422 that names the first thing wrong. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const meant = nearest(key.slice(0, 40), known(schema));
    const hint = meant === undefined ? '' : ` Did you mean '${meant}'?`;
    throw new Problem(422, `${quoted(key)} is not a setting of this request.${hint}`);
  }
  const place = issue.path.length === 0 ? 'The body' : quoted(issue.path.join('.'));
  throw new Problem(422, `${place}: ${issue.message}`);
}

const known = (schema: z.ZodType): string[] =>
  Object.keys((schema as { shape?: Readonly<Record<string, unknown>> }).shape ?? {});
