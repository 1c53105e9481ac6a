/** The rows with the highest anomaly scores: each with its verdict, and the columns that contribute most. */
import { shownFigure } from '../../diagnosis/figures.ts';
import type { ColumnPart, ScoredRow } from '../../tables/index.ts';
import { type Content, html, type Markup } from './html.ts';

/** Columns of a row that are listed. */
const MOST_COLUMNS = 5;

/** @param caption what the rows are, and what the score is. */
export function worstRowTable(caption: string, rows: readonly ScoredRow[]): Markup {
  return html`<p class="caption">${caption}</p>
<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table class="rows" aria-label="${caption}">
<thead><tr><th scope="col">row</th><th scope="col">column</th><th scope="col" class="number">value</th><th scope="col" class="number">expected</th><th scope="col" class="number">adds</th><th scope="col">share of the score</th></tr></thead>
${rows.map(rowGroup)}</table></div>
`;
}

function rowGroup(row: ScoredRow): Markup {
  const { columns, changedConstants } = row;
  const parts = columns.slice(0, MOST_COLUMNS).map((part) => cells(part));
  const changed = changedConstants
    .slice(0, MOST_COLUMNS)
    .map(
      ({ column, value, expected }) =>
        html`<td>${column}</td><td class="number">${shownCell(value)}</td><td class="number">${shownCell(expected)}</td><td class="number"></td><td>not seen by the model</td>`,
    );
  const lines = [...parts, ...changed];
  const shown = lines.length === 0 ? [html`<td colspan="5">no column adds to it</td>`] : lines;
  return html`<tbody>
${shown.map((line, i) => html`<tr>${i === 0 ? heading(row, shown.length) : ''}${line}</tr>\n`)}</tbody>
`;
}

function heading({ row, class: kind, score, flagged }: ScoredRow, lines: number): Content {
  const verdict = flagged ? html`<strong class="flag">flagged</strong>` : html`not flagged`;
  return html`<th scope="rowgroup" rowspan="${lines}">${row}${kind === null ? '' : html`<span class="soft">class ${kind}</span>`}<span class="soft">score ${shownFigure(score)}, ${verdict}</span></th>`;
}

function cells({ column, value, expected, contribution, share }: ColumnPart): Markup {
  const percent = (100 * share).toFixed(share < 0.0995 ? 1 : 0);
  return html`<td>${column}</td><td class="number">${shownCell(value)}</td><td class="number">${shownCell(expected)}</td><td class="number">${shownFigure(contribution)}</td><td><span class="bar" style="width:${(8 * share).toFixed(2)}rem"></span> ${percent} %</td>`;
}

/** A long text is cut. */
const LONGEST = 60;

function shownCell(cell: number | string | null): string {
  if (cell === null) return '(none)';
  if (typeof cell === 'number') return String(Number(cell.toPrecision(6)));
  return cell.length > LONGEST ? `${cell.slice(0, LONGEST)}…` : cell;
}
