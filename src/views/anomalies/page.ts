/** What a model found in a table, on one page that opens anywhere. A function from data to text: it reads no file. */
import type { ScoredRow } from '../../tables/index.ts';
import { figure, html, section, terms } from '../report/html.ts';
import { document } from '../report/page.ts';
import { worstRowTable } from '../report/worst-rows.ts';

export interface RowAnomalyPage {
  /** The files that were scored. */
  subject: string;
  recipe: string;
  /** The data set of the model. */
  dataset: string;
  score: string;
  /** What a score is, in words. */
  definition: string;
  threshold: number;
  /** Where the threshold comes from, in words. */
  basis: string;
  rows: number;
  flagged: number;
  /** What else is known: drift, how well other classes are found, changed constants. */
  notes: readonly string[];
  worst: readonly ScoredRow[];
  /** A histogram of the scores, as a data: URI. */
  histogram: string;
  /** The files next to the page, and what they are. */
  files: readonly { path: string; what: string }[];
}

const count = (value: number) => value.toLocaleString('en');

export function rowAnomalyPage(page: RowAnomalyPage): string {
  const { subject, rows, flagged, worst } = page;
  const alt = 'A histogram of the scores, with the threshold and the scores of held-out rows.';
  return document(`${subject}: anomalies`, [
    html`<header>
<h1>Anomalies in ${subject}</h1>
<p class="lead"><strong>${count(flagged)} of ${count(rows)}</strong> ${rows === 1 ? 'row' : 'rows'} scored above the threshold, by a model of the recipe <strong>${page.recipe}</strong> that was trained on <strong>${page.dataset}</strong>.</p>
</header>
${page.notes.map((note) => html`<p class="note">${note}</p>\n`)}`,
    section(
      'The worst rows',
      worst.length === 0
        ? html`<p>None was asked for.</p>`
        : worstRowTable(
            `The ${worst.length === 1 ? 'row' : `${count(worst.length)} rows`} with the highest scores: the columns that contribute most, their values, and what the model expected`,
            worst,
          ),
    ),
    section('Scores', figure(page.histogram, alt, 'How the scores lie, against those of held-out rows.')),
    section(
      'How rows were scored',
      terms([
        ['Score', `${page.score}: ${page.definition}`],
        [
          'Threshold',
          `${Number(page.threshold.toPrecision(6))}${page.basis === '' ? '' : `: ${page.basis}`}`,
        ],
      ]),
    ),
    section(
      'Files',
      html`<ul>
${page.files.map(({ path, what }) => html`<li><a href="./${encodeURIComponent(path)}">${path}</a>: ${what}</li>\n`)}</ul>
`,
    ),
  ]);
}
