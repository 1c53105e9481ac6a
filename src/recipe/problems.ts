/** A schema's first error as one line: the key, the rule, the value got, and the nearest valid key. */
import type * as z from 'zod';
import { HourglassError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import { ruleOf } from './rule-of.ts';

type Issue = z.core.$ZodIssue;
type JsonSchema = Record<string, unknown>;

export function describeProblem(
  issue: Issue,
  value: unknown,
  schema: JsonSchema,
  source: string,
): HourglassError {
  const path = issue.path.map(String);
  const key = path.join('.');
  const refuse = (parts: { subject: string; rule: string; got?: unknown; hint?: string }) =>
    new HourglassError('usage', {
      ...parts,
      subject: `${source}: ${parts.subject.length > 120 ? `${parts.subject.slice(0, 117)}…` : parts.subject}`,
      ...(parts.got === undefined ? {} : { got: shallow(parts.got) }),
    });
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = issue.keys[0]!;
      const known = keysAt(schema, path, value);
      const meant = nearest(unknown, known);
      return refuse({
        subject: [...path, unknown].join('.'),
        rule: 'is not a setting',
        hint: hintFor(meant === undefined ? undefined : [...path, meant].join('.'), unknown, schema, known),
      });
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const got = valueAt(value, path);
      const meant = typeof got === 'string' ? nearest(got, allowed) : undefined;
      return refuse({
        subject: key,
        rule: `must be ${allowed.length === 1 ? allowed[0] : `one of ${allowed.join(', ')}`}`,
        ...(got === undefined ? {} : { got }),
        ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
      });
    }
    case 'invalid_union': {
      const types = unionTypes(schema, path, value);
      const got = valueAt(value, path);
      const type = typeof got === 'object' && got !== null ? (got as { type?: unknown }).type : got;
      const meant = typeof type === 'string' ? nearest(type, types) : undefined;
      if (types.length > 0) {
        return refuse({
          subject: path.at(-1) === 'type' ? key : `${key}.type`,
          rule: `must be one of ${types.join(', ')}`,
          got: type ?? 'nothing',
          ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
        });
      }
      const rules = issue.errors.flatMap((branch) => branch.map(ruleOf));
      return refuse({
        subject: key,
        rule: [...new Set(rules)].join(' or ').replaceAll(' or must be ', ' or '),
        got,
      });
    }
    default: {
      const got = valueAt(value, path);
      if (got === undefined && issue.code === 'invalid_type')
        return refuse({ subject: key || 'it', rule: 'is missing' });
      return refuse({ subject: key || 'it', rule: ruleOf(issue), got });
    }
  }
}

/** The key that was meant: here, or anywhere below the recipe's root; otherwise the keys that are known here. */
function hintFor(
  here: string | undefined,
  unknown: string,
  schema: JsonSchema,
  known: readonly string[],
): string {
  const meant = here ?? pathsIn(schema).find((path) => path.endsWith(`.${unknown}`));
  return meant === undefined ? `here are: ${known.join(', ')}` : `did you mean ${meant}?`;
}

/** The paths of all settings, those near the root first. */
function pathsIn(schema: JsonSchema): string[] {
  const paths: string[] = [];
  let level: [string, JsonSchema][] = [['', schema]];
  while (level.length > 0) {
    level = level.flatMap(([path, one]) => [
      ...((one.anyOf ?? one.oneOf ?? []) as JsonSchema[]).map((branch): [string, JsonSchema] => [
        path,
        branch,
      ]),
      ...Object.entries((one.properties ?? {}) as Record<string, JsonSchema>).map(
        ([key, child]): [string, JsonSchema] => [path === '' ? key : `${path}.${key}`, child],
      ),
    ]);
    paths.push(...level.map(([path]) => path));
  }
  return paths;
}

/** A value as it is shown: a list or an object may be of any size and depth. */
function shallow(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' && value !== null ? 'an object' : value;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let place = value;
  for (const key of path) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return undefined;
    place = (place as Record<string, unknown>)[key];
  }
  return place;
}

/** The branches of the schema that can stand at a path; of a union, those whose `type` the value has. */
function schemasAt(schema: JsonSchema, path: readonly string[], value: unknown): JsonSchema[] {
  const branches = ((schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined)?.flatMap((branch) => {
    const type = typeOf(branch);
    const got = (value as { type?: unknown } | null)?.type ?? defaultType(branch);
    return path.length > 0 && type !== undefined && type !== got ? [] : schemasAt(branch, path, value);
  });
  if (branches !== undefined) return branches;
  const [key, ...rest] = path;
  if (key === undefined) return [schema];
  const child = (schema.items ?? (schema.properties as JsonSchema | undefined)?.[key]) as
    | JsonSchema
    | undefined;
  return child === undefined ? [] : schemasAt(child, rest, valueAt(value, [key]));
}

function typeOf(schema: JsonSchema): string | undefined {
  const type = (schema.properties as Record<string, JsonSchema> | undefined)?.type;
  return type?.const as string | undefined;
}

/** The type that applies if none is given. */
function defaultType(schema: JsonSchema): string | undefined {
  const type = (schema.properties as Record<string, JsonSchema> | undefined)?.type;
  return type?.default as string | undefined;
}

function keysAt(schema: JsonSchema, path: readonly string[], value: unknown): string[] {
  const type = (valueAt(value, path) as { type?: unknown } | undefined)?.type;
  const here = schemasAt(schema, path, value);
  const own = here.filter(
    (branch) => typeOf(branch) === undefined || typeOf(branch) === (type ?? defaultType(branch)),
  );
  return [...new Set(own.flatMap((branch) => Object.keys((branch.properties as object) ?? {})))];
}

function unionTypes(schema: JsonSchema, path: readonly string[], value: unknown): string[] {
  const place = path.at(-1) === 'type' ? path.slice(0, -1) : path;
  return schemasAt(schema, place, value).flatMap((branch) => typeOf(branch) ?? []);
}
