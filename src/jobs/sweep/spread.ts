/** Figures over seeds, as a table: a column for each combination of settings. */
import { shownFigure } from '../../diagnosis/figures.ts';
import { FIGURES } from '../../metrics/index.ts';
import { bySettings, type Plan, type Study, settingsText, spread, valuesOf } from '../../sweeps/index.ts';
import type { Figures } from './trial-messages.ts';

/** Rows of texts: the figure, then mean ± standard deviation on the test split for each combination. */
export function spreadRows({ space }: Plan, { trials }: Study): string[][] {
  const groups = bySettings(trials.filter(({ state }) => state === 'complete'));
  const of = (group: (typeof groups)[number], key: string) =>
    group.trials.flatMap(({ user }) => (user.test as Figures | undefined)?.[key] ?? []);
  const head = groups.map(({ point, trials: { length } }) => {
    const settings = settingsText(valuesOf(space, point));
    return `${settings === '' ? '' : `${settings}, `}${length} seed${length === 1 ? '' : 's'}`;
  });
  const rows = FIGURES.flatMap(({ key, name }) => {
    const cells = groups.map((group) => {
      const values = of(group, key);
      if (values.length === 0) return '';
      const { mean, deviation } = spread(values);
      return `${shownFigure(mean)} ± ${deviation === null ? '–' : deviation.toPrecision(2)}`;
    });
    return cells.every((cell) => cell === '') ? [] : [[name, ...cells]];
  });
  return [['figure', ...head], ...rows];
}
