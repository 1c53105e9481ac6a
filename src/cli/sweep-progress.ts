/** A sweep as a person watches it: a line for each trial that ends; on a terminal also a bar for all and one for each worker. */
import { MultiBar, type SingleBar } from 'cli-progress';
import {
  type SweepEvent,
  type SweepResult,
  settingsText,
  shownFigure,
  spreadRows,
  valuesOf,
} from '../api.ts';
import { command } from '../command.ts';
import { coloursOf } from './colours.ts';
import { lineOf } from './output.ts';
import { near, shown } from './paths.ts';
import { beginning, columnsOf, table, widthOf } from './table.ts';

type Best = SweepResult['study']['trials'];

export interface SweepWatch {
  onEvent(event: SweepEvent): void;
  /** Removes the bars, so that a line can follow. */
  stopping(): void;
  result(result: SweepResult, best: Best): void;
  close(): void;
}

export function watchSweep(out: NodeJS.WriteStream): SweepWatch {
  const colours = coloursOf(out);
  const width = () => Math.min(widthOf(out), 200);
  const bars = out.isTTY
    ? new MultiBar({
        stream: out,
        format: '{line}',
        hideCursor: true,
        clearOnComplete: true,
        emptyOnZero: true,
        linewrap: false,
      })
    : null;
  let whole: SingleBar | null = null;
  const lines = new Map<number, SingleBar>();
  const say = (text: string) => {
    if (bars === null || whole === null) out.write(`${lineOf(text)}\n`);
    else bars.log(`${lineOf(text)}\n`);
  };
  const cut = (text: string) =>
    columnsOf(text) < width() ? text : `${beginning(text, Math.max(1, width() - 2))}…`;
  let [planned, done, objective, best] = [0, 0, [] as string[], ''];
  const began = performance.now();
  const overall = () => {
    const left =
      done === 0
        ? ''
        : `, about ${duration(((performance.now() - began) / 1000 / done) * Math.max(0, planned - done))} left`;
    return cut(`${done} of ${planned} trials${left}${best === '' ? '' : `; best: ${best}`}`);
  };
  const update = () => whole?.update(0, { line: lineOf(overall()) });
  return {
    onEvent(event) {
      switch (event.type) {
        case 'start': {
          const { plan, parallel, queue, folder, ended } = event;
          [planned, objective] = [plan.trials - ended, plan.objectives];
          const name = plan.recipe.name as string;
          const prune = plan.prune === 'none' ? '' : `, pruned by ${plan.prune}`;
          const where = queue === null ? `${parallel} at a time` : `by the workers of ${queue}`;
          say(
            `${colours.bold(name)}: ${planned} ${ended > 0 ? 'more ' : ''}trials by ${plan.search}${prune}, ${where} with ${plan.threads} thread${plan.threads === 1 ? '' : 's'} each`,
          );
          say(`judged by ${plan.objectives.join(' and ')} on the validation split; in ${near(folder)}`);
          whole = bars?.create(1, 0, { line: overall() }) ?? null;
          break;
        }
        case 'trial': {
          const { number, settings, isResumed } = event;
          const text = `trial ${number}${isResumed ? ', continued' : ''}: ${settingsText(settings)}`;
          if (bars === null) break;
          lines.set(number, bars.create(1, 0, { line: lineOf(cut(text)) }));
          break;
        }
        case 'progress': {
          const { number, epoch, epochs, share, loss } = event;
          const at = Math.min(epochs, epoch + share);
          const text = `  trial ${number}: ${epochs === 0 ? 'begins' : `${at.toFixed(1)} of ${epochs} epochs`}${loss === null ? '' : `, validation loss ${shownFigure(loss)}`}`;
          lines.get(number)?.update(0, { line: lineOf(cut(text)) });
          break;
        }
        case 'end': {
          const { number, state, settings, values, isBest, seconds, reason } = event;
          done++;
          const figures = (values ?? [])
            .map((value, i) => `${objective[i]} ${shownFigure(value)}`)
            .join(', ');
          if (isBest && values !== null) best = `trial ${number}, ${figures}`;
          const what =
            state === 'complete'
              ? figures
              : state === 'pruned'
                ? `pruned at ${figures}`
                : (reason ?? 'failed');
          const mark = isBest ? ` ${colours.bold(objective.length > 1 ? '(on the front)' : '(best)')}` : '';
          const bar = lines.get(number);
          if (bar !== undefined) bars?.remove(bar);
          lines.delete(number);
          say(`trial ${number}: ${settingsText(settings)}: ${what}${mark}, ${duration(seconds)}`);
          break;
        }
        case 'warning':
          say(colours.yellow(`warning: ${event.message}`));
      }
      update();
    },
    stopping() {
      bars?.stop();
      whole = null;
    },
    result(result, found) {
      const { status, folder, plan, study } = result;
      if (status === 'stopped') {
        say('Stopped; everything learned is kept. Continue with:');
        say(`  ${command('sweep', '--resume', near(folder))}`);
        return;
      }
      const failed = study.trials.filter(({ state }) => state === 'failed').length;
      if (failed > 0) say(colours.yellow(`${failed} of ${study.trials.length} trials failed`));
      if (plan.seeds > 1) {
        say('');
        say('test split, mean ± standard deviation over the seeds');
        for (const line of table(spreadRows(plan, study), { width: widthOf(out), head: colours.bold }))
          say(line);
        return;
      }
      say('');
      say(plan.objectives.length > 1 ? 'trials that no other beats in every figure:' : 'best trial:');
      const rows = [
        ['trial', ...plan.objectives, 'settings', 'run'],
        ...found.map(({ number, values, point, user }) => [
          String(number),
          ...values!.map(shownFigure),
          settingsText(valuesOf(plan.space, point)),
          shown(`${folder}/${user.run as string}`),
        ]),
      ];
      for (const line of table(rows, { width: widthOf(out), head: colours.bold })) say(line);
    },
    close() {
      bars?.stop();
      whole = null;
    },
  };
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
