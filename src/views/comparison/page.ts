/** Several runs on one page: their figures, where their configurations differ, their pictures. Reads no file. */
import { listed, shortName, shownFigure } from '../../diagnosis/figures.ts';
import { SAMPLE_FIGURES } from '../../metrics/index.ts';
import { type Content, figure, html, section, table } from '../report/html.ts';
import { document } from '../report/page.ts';
import type { PageImage } from '../report/report.ts';
import type { Comparison } from './compare.ts';

const PICTURES: Readonly<Record<string, { title: string; caption: string }>> = {
  losses: {
    title: 'Loss curves',
    caption:
      'Solid: training; dashed: held-out images. Which falls faster, and which falls further? Losses of different definitions are in separate panels; compare curves within a panel only.',
  },
  reconstructions: {
    title: 'Reconstructions',
    caption:
      'The same test images, reconstructed by each run. Where do runs with similar figures differ visibly?',
  },
};

/** Of these the highest value is the best, in every comparison. */
const HIGHER = SAMPLE_FIGURES.filter(({ better }) => better === 'higher').map(shortName);

/** @param higher the figures of which the highest value is the best, by their short names. */
export function comparisonPage(
  comparison: Comparison,
  pictures: readonly PageImage[],
  higher: readonly string[] = HIGHER,
): string {
  const { runs, notes, figures, settings, circumstances } = comparison;
  const names = runs.map(({ name }) => name);
  const value = (number: number | null, isBest: boolean): Content => {
    if (number === null) return '–';
    return isBest ? html`<strong class="best">${shownFigure(number)} best</strong>` : shownFigure(number);
  };
  const differing = (caption: string, list: Comparison['settings']) =>
    table({
      caption,
      head: ['path', ...names],
      rows: list.map(({ path, values }) => [
        html`<code>${path}</code>`,
        ...values.map((text) => text ?? '–'),
      ]),
    });
  return document(
    `${names.join(', ')}: comparison`,
    [
      html`<header>
<h1>${runs.length} runs compared</h1>
</header>
`,
      notes.map((note) => html`<p class="note">${note}</p>\n`),
      table({
        caption: 'The runs',
        head: ['run', 'recipe', 'data set', 'test images', 'epochs, kept', 'parameters', 'code'],
        rows: runs.map((run) => [
          run.name,
          run.recipe,
          run.dataset,
          run.images.toLocaleString('en'),
          `${run.epochs}, ${run.keptEpoch}`,
          run.parameters.toLocaleString('en'),
          run.codeUnits.toLocaleString('en'),
        ]),
        numbers: (column) => column >= 3,
      }),
      section(
        'What differs',
        settings.length === 0
          ? html`<p>The configurations are the same.</p>\n`
          : differing(
              'Settings that differ, by their paths in the recipe; all others are the same',
              settings,
            ),
        circumstances.length === 0
          ? ''
          : differing('Data, versions and machine, as in run.json', circumstances),
      ),
      section(
        'Results',
        table({
          caption: `Measured on the test images. Where a best figure is marked, lower is better; for ${listed(higher)} higher is better. Losses include the task’s own noise`,
          head: ['figure', ...names],
          rows: figures.map(({ name, definition, values, best }) => [
            html`${name}<span class="soft">${definition}</span>`,
            ...values.map((number, i) => value(number, best.includes(i))),
          ]),
          numbers: (column) => column > 0,
        }),
      ),
      section(
        'Pictures',
        pictures.map(({ name, uri }) => {
          const { title, caption } = PICTURES[name] ?? { title: name, caption: '' };
          return figure(
            uri,
            `${title} of ${names.join(', ')}. ${caption}`,
            html`<strong>${title}.</strong> ${caption}`,
          );
        }),
        pictures.length > 0
          ? ''
          : html`<p>There are no pictures: the runs' images differ in size or colour.</p>\n`,
      ),
    ],
    'wide',
  );
}
