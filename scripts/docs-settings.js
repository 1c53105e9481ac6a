/** The page of a recipe's settings, from its JSON Schema: path, values, default and meaning of each. */
import { readFile } from 'node:fs/promises';

const HEAD = `# The settings of a recipe

Every setting, by its path: the key in a recipe's JSON file, in \`--set path=value\` on the command line, and in \`set\` of
[train](hourglass/functions/train.md). In a list, \`0\` is the first element: \`model.encoder.0.units\`. A setting without a
default must be given. \`recipes/recipe.schema.json\` has the same for editors.

| Setting | Values | Default | Meaning |
|---|---|---|---|
`;

export async function settingsPage(file) {
  const schema = JSON.parse(await readFile(file, 'utf8'));
  const rows = fieldsOf(schema, '');
  const silent = rows.filter((cells) => cells.at(-1) === '').map(([path]) => path);
  if (silent.length > 0) {
    throw new Error(
      `settings without a description; give each '.describe(…)' in its schema:\n  ${silent.join('\n  ')}`,
    );
  }
  return `${HEAD}${rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')}\n`;
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function fieldsOf(schema, path) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .filter(([key, { const: only }]) => key !== '$schema' && !(key === 'type' && only !== undefined))
    .flatMap(([key, field]) => settingOf(field, path === '' ? key : `${path}.${key}`, required.has(key)));
}

/** A row for the setting, then the rows of what lies below it. */
function settingOf(field, path, required) {
  const kinds = alternatives(field);
  const inner = kinds.flatMap((kind) => {
    const list = kind.type === 'array' ? alternatives(kind.items ?? {}) : [kind];
    return list.flatMap((one) => {
      const name = one.properties?.type?.const;
      const below = kind.type === 'array' ? `${path}[]` : path;
      const of = name === undefined ? below : `${below} (${name})`;
      const own =
        name === undefined || one.description === undefined ? [] : [[`\`${of}\``, '', '', one.description]];
      return [...own, ...fieldsOf(one, of)];
    });
  });
  const fallback = field.default === undefined || isObject(field.default) ? '' : code(field.default);
  const row = [
    `\`${path}\``,
    valuesOf(field),
    required || fallback !== '' ? fallback : '',
    field.description ?? '',
  ];
  return [row, ...inner];
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const code = (value) => `\`${JSON.stringify(value)}\``;
/** The forms that it may have, those within a form too: a choice of several, or null. */
const alternatives = (field) => (field.oneOf ?? field.anyOf)?.flatMap(alternatives) ?? [field];

function valuesOf(field) {
  if (field.oneOf ?? field.anyOf) return [...new Set(alternatives(field).map(valuesOf))].join(' or ');
  if (field.const !== undefined) return code(field.const);
  if (field.enum !== undefined) return field.enum.map(code).join(', ');
  if (field.properties !== undefined) {
    const { const: name } = field.properties.type ?? {};
    return name === undefined ? 'object' : code(name);
  }
  if (field.type === 'array') return `list of ${valuesOf(field.prefixItems?.[0] ?? field.items ?? {})}`;
  return `${field.type ?? ''}${rangeOf(field)}`;
}

const WIDEST = Number.MAX_SAFE_INTEGER;

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const low = minimum ?? exclusiveMinimum;
  const high = maximum ?? exclusiveMaximum;
  const bounds = [];
  if (low !== undefined && low > -WIDEST) bounds.push(`${minimum === undefined ? '>' : '≥'} ${low}`);
  if (high !== undefined && high < WIDEST) bounds.push(`${maximum === undefined ? '<' : '≤'} ${high}`);
  return bounds.length === 0 ? '' : ` ${bounds.join(', ')}`;
}
