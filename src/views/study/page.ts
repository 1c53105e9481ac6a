/** A study on one page: its best trials, what each setting does, the curves, and how to repeat it. Reads no file. */
import { shownFigure } from '../../diagnosis/figures.ts';
import {
  directionsOf,
  importances,
  type Plan,
  rankedTrials,
  type Setting,
  type Study,
  shortNames,
  type Trial,
  valueAt,
  valueText,
} from '../../sweeps/index.ts';
import { figure, html, Markup, section, table } from '../report/html.ts';
import { document } from '../report/page.ts';
import type { PageImage } from '../report/report.ts';
import { type Axis, curves, type Mark, parallel, slice } from './charts.ts';

/** Rows of the table. */
const MOST_ROWS = 200;
/** The share of the values that an axis shows: a few trials that failed to learn would flatten all others. */
const SHOWN_SHARE = 0.95;

const STYLE = `<style>
.chart { display: block; font-size: 11px; }
.chart text { fill: var(--soft); stroke: var(--page); stroke-width: 3px; paint-order: stroke; }
.chart line { stroke: var(--soft); }
.chart polyline { fill: none; stroke: var(--link); }
.chart circle { fill: var(--link); }
.chart .top { stroke: #d1495b; stroke-width: 2.5; }
.slices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20.5rem), 1fr)); gap: 0 1rem; }
.bar { display: inline-block; height: .7rem; margin-right: .5rem; background: var(--link); }
</style>
`;

export interface StudyPage {
  readonly plan: Plan;
  readonly study: Study;
  /** Pictures of the best trial. */
  readonly pictures: readonly PageImage[];
  /** The commands that continue or repeat it. */
  readonly commands: readonly string[];
}

export function studyPage({ plan, study, pictures, commands }: StudyPage): string {
  const { space, objectives } = plan;
  const names = shortNames(space.map(({ path }) => path));
  const ranked = rankedTrials(plan, study);
  const complete = ranked.filter(({ state, values }) => state === 'complete' && values !== null);
  const best = complete[0];
  const count = (state: Trial['state']) => study.trials.filter((trial) => trial.state === state).length;
  const rank = new Map(
    complete.map((trial, i) => [trial, complete.length < 2 ? 0 : i / (complete.length - 1)]),
  );
  const text = (setting: Setting, trial: Trial) => {
    const internal = trial.point[setting.path];
    return internal === undefined ? '–' : valueText(valueAt(setting, internal));
  };
  const heights = scaleOf(
    complete.map(({ values }) => values![0]!),
    objectives[0]!,
    SHOWN_SHARE,
    directionsOf(plan)[0],
  );
  const scales = space.map((setting) => axisOf(setting, names.get(setting.path)!));
  const share = importances(space, study.trials);
  const title = `${plan.recipe.name}: ${study.trials.length.toLocaleString('en')} trials`;
  return document(
    title,
    [
      new Markup(STYLE),
      html`<header>
<h1>${title}</h1>
<p class="lead">${best === undefined ? 'No trial is complete yet.' : html`Best: trial ${best.number}, ${objectives.map((key, i) => `${key} ${shownFigure(best.values![i]!)}`).join(', ')} on the validation split, with ${space.map((one) => `${names.get(one.path)} ${text(one, best)}`).join(', ')}.`}</p>
<p>Searched by ${plan.search}${plan.prune === 'none' ? '' : `, pruned by ${plan.prune}`}, seed ${plan.seed}: ${count('complete')} complete, ${count('pruned')} pruned, ${count('failed')} failed, ${count('running')} not finished.</p>
</header>
`,
      section(
        'Trials',
        table({
          caption: `The best first${ranked.length > MOST_ROWS ? `: ${MOST_ROWS} of ${ranked.length.toLocaleString('en')}` : ''}. Figures are of the validation split`,
          head: ['trial', 'state', ...objectives, ...space.map(({ path }) => names.get(path)!)],
          rows: ranked
            .slice(0, MOST_ROWS)
            .map((trial) => [
              trial.number,
              typeof trial.user.error === 'string'
                ? html`${trial.state}<span class="soft">${trial.user.error}</span>`
                : trial.state,
              ...objectives.map((_, i) =>
                trial.values?.[i] === undefined ? '–' : shownFigure(trial.values[i]),
              ),
              ...space.map((setting) => text(setting, trial)),
            ]),
          numbers: (column) => column > 1,
        }),
      ),
      complete.length < 2
        ? ''
        : section(
            'What the settings do',
            html`<p>Each line is a trial: stronger lines are better, the best one is red.</p>\n`,
            parallel(
              [...scales.map(({ axis }) => axis), heights.axis],
              complete.map((trial) => ({
                at: [
                  ...scales.map(({ place }, i) => place(trial.point[space[i]!.path])),
                  heights.place(trial.values![0]!),
                ],
                rank: rank.get(trial)!,
              })),
            ),
            table({
              caption: `Share of the variance of the ranks of ${objectives[0]} that a setting explains by itself`,
              head: ['setting', 'share'],
              rows: share.map(({ path, share: value }) => [
                html`<code>${path}</code>`,
                value === null
                  ? 'too few trials to say'
                  : html`<span class="bar" style="width: ${(10 * value).toFixed(2)}rem"></span>${(100 * value).toFixed(0)} %`,
              ]),
            }),
            html`<div class="slices">${space.map((setting, i) =>
              slice(
                scales[i]!.axis,
                heights.axis,
                complete.map((trial) => ({
                  at: [scales[i]!.place(trial.point[setting.path]), heights.place(trial.values![0]!)],
                  rank: rank.get(trial)!,
                })),
              ),
            )}</div>\n`,
          ),
      curveSection(study, ranked, rank),
      pictures.length === 0
        ? ''
        : section(
            `Pictures of trial ${best!.number}`,
            pictures.map(({ name, uri }) => figure(uri, `${name} of the best trial`, name)),
          ),
      section('Repeat it', html`<pre>${commands.join('\n')}</pre>\n`),
    ],
    'wide',
  );
}

function curveSection(study: Study, ranked: readonly Trial[], rank: ReadonlyMap<Trial, number>): Markup | '' {
  const shown = ranked.filter(({ intermediate }) => intermediate.size > 0).slice(0, 300);
  const epochs = shown.reduce((most, { intermediate }) => Math.max(most, ...intermediate.keys()), 0);
  if (study.trials.length === 0 || epochs < 2) return '';
  // The first epochs of a bad trial would flatten all others.
  const { axis, place } = scaleOf(
    shown.flatMap(({ intermediate }) => [...intermediate.values()]),
    'validation loss',
    SHOWN_SHARE,
  );
  const marks = shown.map(
    (trial): Mark => ({
      at: Array.from({ length: epochs }, (_, i) => {
        const value = trial.intermediate.get(i + 1);
        return value === undefined ? null : place(value);
      }),
      rank: rank.get(trial) ?? 1,
    }),
  );
  return section(
    'Curves',
    html`<p>The validation loss after each epoch; lines that end early were pruned or stopped.</p>\n`,
    curves(marks, axis, epochs),
  );
}

/** Values between the best and a quantile of them; worse ones lie at the end of the axis, which says so. */
function scaleOf(
  values: readonly number[],
  name: string,
  share: number,
  better: 'lower' | 'higher' = 'lower',
): { axis: Axis; place: (value: number) => number } {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const last = Math.floor((sorted.length - 1) * share);
  const [least, greatest] = [sorted[0] ?? 0, sorted.at(-1) ?? 1];
  const low = better === 'lower' ? least : (sorted[sorted.length - 1 - last] ?? 0);
  const high = better === 'lower' ? (sorted[last] ?? 1) : greatest;
  const place = (value: number) =>
    high === low ? 0.5 : Math.min(1, Math.max(0, (value - low) / (high - low)));
  const ticks = high === low ? [low] : [low, (low + high) / 2, high];
  const text = (value: number) =>
    `${value === high && high < greatest ? '≥ ' : value === low && low > least ? '≤ ' : ''}${shownFigure(value)}`;
  return { axis: { name, ticks: ticks.map((value) => [place(value), text(value)] as const) }, place };
}

function axisOf(
  { domain }: Setting,
  name: string,
): { axis: Axis; place: (internal: number | undefined) => number | null } {
  if (domain.type === 'choice') {
    const { values } = domain;
    const at = (i: number) => (values.length < 2 ? 0.5 : i / (values.length - 1));
    const each = Math.ceil(values.length / 8);
    return {
      axis: {
        name,
        ticks: values.flatMap((value, i) =>
          i % each === 0 ? [[at(i), valueText(value).slice(0, 14)] as const] : [],
        ),
      },
      place: (internal) => (internal === undefined ? null : at(internal)),
    };
  }
  const { low, high, log } = domain;
  const to = (value: number) => (log ? Math.log(value) : value);
  const at = (value: number) => (to(value) - to(low)) / (to(high) - to(low));
  const middle = log ? Math.sqrt(low * high) : (low + high) / 2;
  return {
    axis: { name, ticks: [low, middle, high].map((value) => [at(value), valueText(value)] as const) },
    place: (internal) => (internal === undefined ? null : at(internal)),
  };
}
