/** Spaces as people write them: `--set path=8,16,32`, `log:1e-4..1e-2`, `int:2..64`, and the settings of a space.json. */
import * as z from 'zod';
import { HourglassError } from '../errors.ts';
import { type Domain, isSame, type Setting, type Space, type Value } from './space.ts';

const json = z.json();
const whenSchema = z.record(z.string(), z.union([z.array(json).min(1), json]));
const domainSchema = z.union([
  z.string(),
  z.array(json).min(1),
  z.strictObject({ choices: z.array(json).min(1), when: whenSchema.optional() }),
  z.strictObject({
    range: z.tuple([z.number(), z.number()]),
    log: z.boolean().default(false),
    when: whenSchema.optional(),
  }),
  z.strictObject({
    integers: z.tuple([z.int(), z.int()]),
    log: z.boolean().default(false),
    step: z.int().min(1).default(1),
    when: whenSchema.optional(),
  }),
]);

/** The `space` of a space.json: a domain for each path. */
export const spaceSchema = z.record(z.string(), domainSchema);
export type WrittenSpace = z.infer<typeof spaceSchema>;

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const RANGE = new RegExp(`^((?:(?:log|int):)*)(${NUMBER})\\.\\.(${NUMBER})(?:\\.\\.(${NUMBER}))?$`);

/** One value for every trial, or the values that vary. */
export type ParsedValues = { fixed: Value } | { domain: Domain };

/**
 * The values of `--set path=text`: one value, or the domain of a setting that varies. `8,16,32` are choices; `0.1..0.5` is
 * a range, `log:1e-4..1e-2` one by magnitude, `int:2..64` whole numbers, `int:0..64..8` those in steps of 8.
 */
export function parseValues(path: string, text: string): ParsedValues {
  const range = RANGE.exec(text);
  if (range !== null) {
    const [, kinds = '', low, high, step] = range;
    const isInt = kinds.includes('int:');
    if (step !== undefined && !isInt) throw refuse(path, 'a range in steps must be of whole numbers', text);
    const ends = [Number(low), Number(high)] as const;
    return {
      domain: checked(path, {
        ...{ type: isInt ? 'int' : 'float', low: ends[0], high: ends[1], log: kinds.includes('log:') },
        ...(isInt ? { step: step === undefined ? 1 : Number(step) } : {}),
      } as Domain),
    };
  }
  if (/^(log|int):/.test(text))
    throw refuse(path, 'must be a range such as log:1e-4..1e-2 or int:2..64', text);
  const whole = parsed(text);
  // Anything that is JSON is one value: a list of layers too.
  if (whole !== undefined) return { fixed: whole };
  const parts = splitAtCommas(text);
  if (parts.length === 1) return { fixed: text };
  if (parts.some((part) => part === ''))
    throw refuse(path, 'must be values separated by single commas', text);
  return {
    domain: checked(path, {
      type: 'choice',
      values: parts.map((part) => {
        const value = parsed(part);
        return value === undefined ? part : value;
      }),
    }),
  };
}

/** The settings of a space.json, conditions last. @throws HourglassError of kind `usage` that names the path. */
export function parseSpace(written: WrittenSpace): { space: Space; fixed: Record<string, Value> } {
  const fixed: Record<string, Value> = {};
  const settings: Setting[] = [];
  for (const [path, given] of Object.entries(written)) {
    if (typeof given === 'string') {
      const values = parseValues(path, given);
      if ('fixed' in values) fixed[path] = values.fixed;
      else settings.push({ path, domain: values.domain });
      continue;
    }
    settings.push(settingOf(path, given));
  }
  return { space: ordered(settings), fixed };
}

function settingOf(path: string, given: Exclude<WrittenSpace[string], string>): Setting {
  if (Array.isArray(given))
    return { path, domain: checked(path, { type: 'choice', values: given as Value[] }) };
  const domain: Domain =
    'choices' in given
      ? { type: 'choice', values: given.choices as Value[] }
      : 'range' in given
        ? { type: 'float', low: given.range[0], high: given.range[1], log: given.log }
        : {
            ...{ type: 'int', low: given.integers[0], high: given.integers[1], log: given.log },
            step: given.step,
          };
  const when =
    given.when === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(given.when).map(([other, values]) => [
            other,
            (Array.isArray(values) ? values : [values]) as Value[],
          ]),
        );
  return { path, domain: checked(path, domain), ...(when === undefined ? {} : { when }) };
}

/** Settings after those that their conditions name. */
export function ordered(settings: readonly Setting[]): Space {
  const done: Setting[] = [];
  let left = [...settings];
  while (left.length > 0) {
    const ready = left.filter(({ when = {} }) =>
      Object.keys(when).every((path) => done.some((one) => one.path === path)),
    );
    if (ready.length === 0) {
      const { path, when = {} } = left[0]!;
      const missing = Object.keys(when).find((other) => !settings.some((one) => one.path === other));
      throw refuse(
        path,
        missing === undefined
          ? 'its condition depends on itself'
          : `its condition names '${missing}', which does not vary`,
      );
    }
    done.push(...ready);
    left = left.filter((one) => !ready.includes(one));
  }
  for (const { path, when = {} } of done) {
    for (const [other, values] of Object.entries(when)) {
      const { domain } = done.find((one) => one.path === other)!;
      if (domain.type !== 'choice')
        throw refuse(path, `its condition must be on choices; '${other}' is a range`);
      const unknown = values.find((value) => !domain.values.some((one) => isSame(one, value)));
      if (unknown !== undefined) throw refuse(path, `its condition must name values of '${other}'`, unknown);
    }
  }
  return done;
}

function checked(path: string, domain: Domain): Domain {
  if (domain.type === 'choice') {
    const twice = domain.values.find((value, i) => domain.values.findIndex((one) => isSame(one, value)) < i);
    if (twice !== undefined) throw refuse(path, 'must name each value once', twice);
    return domain;
  }
  const { low, high, log } = domain;
  const shown = `${low}..${high}`;
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(low < high))
    throw refuse(path, 'must be a range from a lower to a higher number', shown);
  if (log && !(low > 0)) throw refuse(path, 'a range by magnitude must begin above 0', shown);
  if (domain.type !== 'int') return domain;
  if (![low, high, domain.step].every(Number.isSafeInteger) || domain.step < 1)
    throw refuse(path, 'a range of whole numbers must have whole ends and steps', shown);
  if (log && domain.step !== 1) throw refuse(path, 'a range by magnitude has no steps', shown);
  return { ...domain, high: low + domain.step * Math.floor((high - low) / domain.step) };
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** Splits at commas outside of quotes and brackets. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let [depth, isQuoted, from] = [0, false, 0];
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (isQuoted && sign === '\\') i++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
    else if (sign === ',' && depth === 0) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return [...parts, text.slice(from).trim()];
}

const refuse = (path: string, rule: string, got?: unknown) =>
  new HourglassError('usage', { subject: path, rule, ...(got === undefined ? {} : { got }) });
