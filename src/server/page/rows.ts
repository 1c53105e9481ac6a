/** What the page shows of a model of rows: its columns, and a form for one row. */
import { html, raw } from 'hono/html';
import type { factsOf } from '../routes/models.ts';

type Facts = ReturnType<typeof factsOf>;
type Column = NonNullable<Facts['columns']>[number];

/** More columns than this are written as JSON, not as fields. */
const MOST_FIELDS = 40;
/** Columns of the example for curl, and those that are named. */
const MOST_NAMED = 12;

/** A value like those of the training rows. */
function exampleOf({ values, mean = 0, type }: Column): number | string {
  return type === 'number' ? Number(mean.toPrecision(4)) : (values?.[0] ?? '');
}

export const exampleRow = (columns: readonly Column[]): Record<string, unknown> =>
  Object.fromEntries(columns.map((column) => [column.name, exampleOf(column)]));

/** The columns in words. */
export function columnsText(columns: readonly Column[]): string {
  const named = columns.slice(0, MOST_NAMED).map(({ name }) => name);
  return `${columns.length}: ${named.join(', ')}${columns.length > MOST_NAMED ? ', …' : ''}`;
}

/** A form that asks the model about one row; `script.ts` sends it. */
export function rowForm(base: string, columns: readonly Column[], verbs: readonly string[]) {
  return html`<form class="row" data-base="${base}">
${
  columns.length > MOST_FIELDS
    ? html`<p><label>A row as JSON: <textarea name="row" rows="12" spellcheck="false">${JSON.stringify(exampleRow(columns), null, 1)}</textarea></label></p>`
    : html`<div class="fields">${columns.map((column, i) => field(column, `${base}/${i}`))}</div>`
}
<p>${verbs.map((verb, i) => html`<button value="${verb}"${i === 0 ? raw(' class="first"') : ''}>${verb}</button> `)}</p>
<p class="hint">An empty field is a missing value.</p>
<noscript><p>The form needs JavaScript; the examples below do not.</p></noscript>
<p class="said" role="status"></p>
<div class="results"></div>
</form>`;
}

function field(column: Column, id: string) {
  const { name, type, values = [] } = column;
  const value = exampleOf(column);
  return type === 'number'
    ? html`<label>${name} <input type="number" step="any" name="${name}" value="${value}"></label>`
    : html`<label>${name} <input type="text" name="${name}" value="${value}" list="${id}">
<datalist id="${id}">${values.map((one) => html`<option value="${one}"></option>`)}</datalist></label>`;
}

/** An example for curl. */
export const curlOf = (columns: readonly Column[]): string =>
  columns.length > MOST_NAMED
    ? '{"rows": [{…}]}'
    : JSON.stringify({ rows: [exampleRow(columns)] }).replaceAll("'", "'\\''");
