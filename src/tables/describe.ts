/** A table's encoding in words: a line for the header of a training, and a table of its columns. */
import { type EncodedColumn, LEFT_OUT, type TableEncoding } from './encoding.ts';
import { widthOf } from './values.ts';

const counted = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

const SCALED: Readonly<Record<TableEncoding['scaling'], string>> = {
  standard: 'standardised',
  robust: 'scaled by median and quartiles',
  'min-max': 'scaled to 0 to 1',
  norm: 'scaled together, to a mean length of the root of their number',
  none: 'not scaled',
};

/** One line: `9 columns as 14 values: 6 numbers (standardised), 1 boolean, 2 categories; label 'class'; left out: id`. */
export function describeEncoding(encoding: TableEncoding): string {
  const { columns, leftOut, label, offset, scaling } = encoding;
  const of = (type: EncodedColumn['type']) => columns.filter((column) => column.type === type).length;
  const [numbers, booleans, categories] = [of('number'), of('boolean'), of('category')];
  const kinds = [
    ...(numbers > 0 ? [`${counted(numbers, 'number')} (${SCALED[scaling]})`] : []),
    ...(booleans > 0 ? [counted(booleans, 'boolean')] : []),
    ...(categories > 0 ? [`${counted(categories, 'category', 'categories')} (one-hot)`] : []),
  ];
  const found = leftOut.filter(({ why }) => !['label', 'ignored'].includes(why));
  return [
    `${counted(columns.length, 'column')} as ${counted(offset.length, 'value')}: ${kinds.join(', ')}`,
    ...(label === null
      ? []
      : [`label '${label.name}'${label.normal === null ? '' : `, only '${label.normal}' is trained on`}`]),
    ...(found.length === 0
      ? []
      : [`left out: ${listed(found.map(({ name, why }) => `'${name}' (${LEFT_OUT[why]})`))}`]),
  ].join('; ');
}

const MOST_LISTED = 4;

const listed = (texts: readonly string[]): string =>
  texts.slice(0, MOST_LISTED).join(', ') +
  (texts.length > MOST_LISTED ? ` and ${(texts.length - MOST_LISTED).toLocaleString('en')} more` : '');

/** What is said of a column of the model. */
export function describeColumn(column: EncodedColumn): { type: string; values: string; width: number } {
  const width = widthOf(column);
  switch (column.type) {
    case 'number': {
      const [least, greatest] = column.range;
      return {
        type: 'number',
        values: `${short(least)} to ${short(greatest)}, mean ${short(column.mean)}`,
        width,
      };
    }
    case 'boolean':
      return { type: 'boolean', values: `${column.words[1]} in ${short(100 * column.mean)} %`, width };
    case 'category':
      return { type: 'category', values: listed(column.values), width };
  }
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
