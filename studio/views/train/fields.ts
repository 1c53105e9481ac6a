/** The fields of a form, from the JSON Schema of a recipe and the recipe that is edited. It knows no page. */
import type { SampleKind } from '../../../src/studio/protocol.ts';
import { valueAt } from '../../../src/studio/settings.ts';

export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | false;
  readonly maxItems?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

export interface Field {
  readonly path: string;
  readonly label: string;
  readonly help: string;
  /** `layers`: a list of layers, each of one of the `choices`; the fields of its layers follow, their paths below its own. */
  readonly kind: 'number' | 'boolean' | 'choice' | 'text' | 'layers';
  /** What it is, or is without being set; undefined where it has no value. */
  readonly value: unknown;
  readonly isWhole: boolean;
  /** Whether it may be left empty. */
  readonly isOptional: boolean;
  readonly choices: readonly { readonly label: string; readonly value: unknown }[];
  readonly schema: Schema;
}

export interface Group {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** Shown first, without unfolding anything. */
const MAIN = [
  'training.epochs',
  'training.batchSize',
  'training.optimiser.learningRate',
  'model.code.units',
  'model.code.kl.weight',
  'corruption.sigma',
  'corruption.rate',
];

/** Not settings, or set elsewhere on the page. */
const LEFT_OUT = new Set([
  ...['$schema', 'name', 'why', 'reference', 'extensions', 'seed', 'training.rateChanges', 'model.family'],
  ...['data.set', 'data.size', 'data.channels', 'data.fit', 'data.invert', 'data.background', 'data.test'],
  // Beside the columns of a table.
  ...['data.label', 'data.normal', 'data.ignore', 'data.missing', 'data.types', 'data.time', 'data.group'],
  ...['data.splitSeed', 'data.range', 'data.followLinks', 'data.layout', 'data.onBad', 'data.classes'],
]);

const TITLES: Readonly<Record<string, string>> = {
  training: 'Training',
  model: 'Model',
  loss: 'Loss',
  corruption: 'Noise',
  penalties: 'Penalties',
  data: 'Data',
};

/** Settings that only tables have. */
const OF_TABLES = ['scaling', 'categories', 'split', 'header', 'array'];

const isFor = ({ path }: Field, samples: SampleKind): boolean =>
  samples === 'row' || !OF_TABLES.some((name) => path === `data.${name}`);

/** @param samples what the data are. */
export function groupsOf(
  schema: Schema,
  config: unknown,
  samples: SampleKind = 'image',
): { main: readonly Field[]; rest: readonly Group[] } {
  const all = fieldsOf(schema, config, '', false).filter((field) => isFor(field, samples));
  const main = MAIN.flatMap((path) => all.find((field) => field.path === path) ?? []);
  const others = all.filter((field) => !main.includes(field));
  const rest = Object.entries(TITLES).map(([key, title]) => ({
    title,
    fields: others.filter(({ path }) => path === key || path.startsWith(`${key}.`)),
  }));
  const general = others.filter(
    ({ path }) => !rest.some(({ fields }) => fields.some((f) => f.path === path)),
  );
  return {
    main,
    rest: [...rest, { title: 'More', fields: general }].filter(({ fields }) => fields.length > 0),
  };
}

function fieldsOf(schema: Schema, config: unknown, path: string, isOptional: boolean): Field[] {
  if (LEFT_OUT.has(path)) return [];
  const value = path === '' ? config : (valueAt(config, path) ?? schema.default);
  const common = { path, label: labelOf(path), help: schema.description ?? '', schema, isWhole: false };
  const options = schema.oneOf ?? schema.anyOf;
  if (options !== undefined) return fieldsOfOptions(options, { ...common, isOptional, value }, config);
  if (schema.properties !== undefined) {
    const { required = [] } = schema;
    // What an object needs is needed where the object is.
    const isAbsent = isOptional && value === undefined;
    return Object.entries(schema.properties).flatMap(([name, each]) =>
      name === 'type' && each.const !== undefined
        ? []
        : fieldsOf(
            each,
            config,
            path === '' ? name : `${path}.${name}`,
            (isAbsent || !required.includes(name)) && each.default === undefined,
          ),
    );
  }
  if (schema.items !== undefined && schema.items !== false) {
    const kinds = schema.items.oneOf ?? [];
    const list: Field[] =
      kinds.length === 0
        ? []
        : [{ ...common, kind: 'layers', value: value ?? [], isOptional, choices: kinds.map(layerChoice) }];
    return [...list, ...fieldsOfItems(schema.items, value, path, config)];
  }
  if (schema.enum !== undefined) {
    const choices = schema.enum.map((each) => ({ label: wordsOf(String(each)), value: each }));
    return [{ ...common, kind: 'choice', value, isOptional, choices }];
  }
  if (schema.type === 'boolean') return [{ ...common, kind: 'boolean', value, isOptional, choices: [] }];
  if (schema.type === 'integer' || schema.type === 'number') {
    return [
      { ...common, kind: 'number', isWhole: schema.type === 'integer', value, isOptional, choices: [] },
    ];
  }
  return [];
}

type Common = Omit<Field, 'kind' | 'choices'>;

/** One of several forms: by its type, or present or not. */
function fieldsOfOptions(options: readonly Schema[], common: Common, config: unknown): Field[] {
  const { path, value } = common;
  const present = options.filter(({ type }) => type !== 'null');
  const isNullable = present.length < options.length;
  // A choice of forms that may be absent is a choice within a choice.
  const real = present.flatMap((option) => option.oneOf ?? [option]);
  const objects = real.filter(({ properties }) => properties !== undefined);
  if (objects.length === real.length) {
    const chosen =
      value === null || value === undefined ? undefined : objects.find((each) => isOf(each, value));
    const off = { label: 'none', value: null };
    const choices = objects.map((each) => ({
      label: wordsOf(typeOf(each) ?? 'on'),
      value: startOf(each),
    }));
    const choice: Field = {
      ...{ ...common, kind: 'choice' },
      choices: isNullable ? [off, ...choices] : choices,
      value: chosen === undefined ? null : startOf(chosen),
    };
    return [choice, ...(chosen === undefined ? [] : fieldsOf(chosen, config, path, false))];
  }
  const [only] = real;
  if (real.length === 1 && (only?.type === 'number' || only?.type === 'integer')) {
    const isWhole = only.type === 'integer';
    return [{ ...common, schema: only, kind: 'number', isWhole, isOptional: true, choices: [] }];
  }
  return [{ ...common, kind: 'text', isOptional: true, choices: [] }];
}

/** The layers of a list, each with its own settings; a list of plain numbers has no fields. */
function fieldsOfItems(items: Schema, value: unknown, path: string, config: unknown): Field[] {
  if (!Array.isArray(value) || items.type === 'number' || items.type === 'integer') return [];
  return value.flatMap((item, i) => {
    const variant = (items.oneOf ?? items.anyOf ?? [items]).find((each) => isOf(each, item));
    if (variant === undefined) return [];
    const place = `${labelOf(path)} ${i + 1}, ${wordsOf(typeOf(variant) ?? 'layer')}`;
    return fieldsOf(variant, config, `${path}.${i}`, false).map((field) => ({
      ...field,
      label: `${place}: ${field.label}`,
    }));
  });
}

/** What a new layer begins with, where that is not the least that it must have. */
const LAYER_STARTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  dense: { units: 64, activation: 'relu' },
  conv: { channels: 16, kernel: 3, activation: 'relu' },
  convTranspose: { channels: 16, kernel: 4, stride: 2, activation: 'relu' },
  dropout: { rate: 0.2 },
  activation: { activation: 'relu' },
  reshape: { shape: [16, 7, 7] },
};

function layerChoice(kind: Schema): Field['choices'][number] {
  const type = typeOf(kind) ?? 'layer';
  return { label: wordsOf(type), value: { ...startOf(kind), ...LAYER_STARTS[type] } };
}

/** The name of a layer in a list, in words. */
export const layerName = (layer: unknown): string =>
  wordsOf(String((layer as { type?: unknown } | null)?.type ?? 'layer'));

const typeOf = ({ properties }: Schema): string | undefined => {
  const found = properties?.type;
  return typeof found?.const === 'string' ? found.const : undefined;
};

function isOf(variant: Schema, value: unknown): boolean {
  const type = typeOf(variant);
  if (type === undefined) return true;
  return ((value as { type?: unknown } | null)?.type ?? variant.properties?.type?.default) === type;
}

/** Values to begin with where a recipe must say one. */
const STARTS: Readonly<Record<string, unknown>> = {
  sigma: 0.4,
  rate: 0.25,
  weight: 0.001,
  patience: 10,
  every: 10,
  units: 16,
};

/** The least that a form of an object must have. */
function startOf(variant: Schema): Record<string, unknown> {
  const type = typeOf(variant);
  const needed = (variant.required ?? []).filter((name) => name !== 'type');
  const values = needed.map((name) => [name, STARTS[name] ?? variant.properties?.[name]?.minimum ?? 1]);
  return { ...(type === undefined ? {} : { type }), ...Object.fromEntries(values) };
}

/** `learningRate` as "learning rate". */
export const wordsOf = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);

const NAMES: Readonly<Record<string, string>> = {
  'training.optimiser.learningRate': 'Learning rate',
  'model.code.units': 'Code units',
  'model.code.kl.weight': 'KL weight β',
  'corruption.sigma': 'Noise σ',
  'corruption.rate': 'Noisy pixels',
  'model.code': 'Code',
  corruption: 'Noise',
  adapt: 'Fit settings to the images',
};

function labelOf(path: string): string {
  if (NAMES[path] !== undefined) return NAMES[path];
  const keys = path.split('.');
  const [parent, own] = [keys.at(-2), keys.at(-1) ?? ''];
  const isDeep = keys.length > 2 && parent !== undefined && !/^\d+$/.test(parent);
  const words = isDeep ? `${wordsOf(parent)}: ${wordsOf(own)}` : wordsOf(own);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is wrong with a value, in a sentence; null if nothing is. */
export function problemOf({ schema, kind, isWhole, isOptional }: Field, value: unknown): string | null {
  if (kind !== 'number') return null;
  if (value === null || value === undefined) return isOptional ? null : 'A value is needed.';
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'It must be a number.';
  if (isWhole && !Number.isInteger(value)) return 'It must be a whole number.';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && value < minimum) return `It must be at least ${minimum}.`;
  if (maximum !== undefined && value > maximum) return `It must be at most ${maximum}.`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return `It must be above ${exclusiveMinimum}.`;
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return `It must be below ${exclusiveMaximum}.`;
  return null;
}
