/** The verdict on a run and the problems of its model: the first thing on its page. */
import type { Diagnosis } from '../../diagnosis/index.ts';
import { html, type Markup } from './html.ts';

export function diagnosisBox({ verdict, findings }: Diagnosis): Markup {
  const useless = findings.some(({ level }) => level === 'useless');
  return html`<p class="${useless ? 'note' : 'verdict'}"><strong>${verdict}</strong></p>
${findings.map(
  ({ sentence, cause, remedy }) =>
    html`<p class="note">${sentence === verdict ? '' : `${sentence} `}${cause} <strong>${remedy}</strong></p>\n`,
)}`;
}
