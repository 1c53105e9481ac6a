/** Rows in answers: as objects or lists with the columns of the table, or as an array of the model's own values. */
import { z } from '@hono/zod-openapi';
import { type Cell, decodeRow, type TableEncoding } from '../../../tables/index.ts';
import { arraySchema } from '../../answers/array.ts';
import type { Made } from '../../answers/size.ts';
import { ArrayAnswer, ListAnswer } from '../../answers/text.ts';
import { ROW_FORMS, type RowForm, rowsSchema } from '../../requests/rows.ts';
import type { Given } from '../verb.ts';

type Values = { data: Float32Array; shape: readonly number[] };

export const FORM = {
  form: z.enum(ROW_FORMS).optional().openapi({
    description: 'how rows are written in the answer; default: as in the request, or as objects',
  }),
};

export const answeredRows = z.union([rowsSchema, arraySchema]);

/** Characters of a number in JSON, at most. */
const NUMBER = 24;

/** Characters that a row takes as an object, at most. */
export const rowText = ({ columns }: TableEncoding): number =>
  columns.reduce((sum, column) => {
    const texts = column.type === 'category' ? column.values : column.type === 'boolean' ? column.words : [];
    const longest = texts.reduce((most, text) => Math.max(most, JSON.stringify(text).length), NUMBER);
    return sum + JSON.stringify(column.name).length + longest + 2;
  }, 3);

/** How much an answer with so many rows takes. */
export const madeRows = (count: number, { pixels, form, text }: Given, asked: RowForm | undefined): Made => ({
  ...((asked ?? form) === 'array' ? { values: count * pixels } : { values: 0, text: count * text }),
  cells: 0,
});

/** Rows of values in the units of their columns, as an answer writes them. */
export function rowsAnswer(encoding: TableEncoding, { data, shape }: Values, form: RowForm = 'objects') {
  if (form === 'array') return new ArrayAnswer({ data, shape });
  const width = encoding.offset.length;
  return new ListAnswer(data.length / width, (i): unknown => {
    const cells = cellsOf(encoding, data, i);
    return form === 'lists'
      ? cells
      : Object.fromEntries(encoding.columns.map(({ name }, at) => [name, cells[at]!]));
  });
}

/** The cells of one of several rows. */
function cellsOf(encoding: TableEncoding, rows: Float32Array, i: number): Cell[] {
  const width = encoding.offset.length;
  return decodeRow(encoding, rows.subarray(i * width, (i + 1) * width));
}
