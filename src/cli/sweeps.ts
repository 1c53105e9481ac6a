/** `hourglass sweeps`: the sweeps in a folder, and the trials of one. */
import { Command } from 'commander';
import type { ListedSweep } from '../api.ts';
import { command } from '../command.ts';
import { printable } from '../printable.ts';
import { coloursOf } from './colours.ts';
import { say, sayJson } from './output.ts';
import { shown } from './paths.ts';
import { table, widthOf } from './table.ts';

const HELP = `
Examples:
  hourglass sweeps                      the sweeps in sweeps/
  hourglass sweeps quick-20261121-153000    the trials of one, the best first, and its page
  hourglass sweeps --json               for a script`;

interface SweepsFlags {
  dir: string;
  json?: boolean;
}

/** Trials of one sweep that are shown. */
const SHOWN = 50;

export function sweepsCommand(): Command {
  return new Command('sweeps')
    .description('list the sweeps in a folder, or the trials of one')
    .argument('[sweep]', "a sweep's folder, or its name")
    .option('--dir <folder>', 'the folder that holds the sweeps', 'sweeps')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', HELP)
    .action(async (sweep: string | undefined, flags: SweepsFlags) => {
      if (sweep === undefined) await list(flags);
      else await show(sweep, flags);
    });
}

async function list({ dir, json }: SweepsFlags): Promise<void> {
  const { listSweeps, shownFigure } = await import('../api.ts');
  const sweeps = await listSweeps(dir);
  if (json) {
    sayJson(
      sweeps.map(({ plan, best, ...rest }) => ({
        ...rest,
        recipe: plan?.recipe.name ?? null,
        objectives: plan?.objectives ?? null,
        best: best.map(({ number, values, user }) => ({ number, values, run: user.run ?? null })),
      })),
    );
    return;
  }
  if (sweeps.length === 0) {
    say(
      `no sweeps in ${printable(dir)}; begin one: ${command('sweep', 'quick', '--set', 'model.code.units=8,16,32')}`,
    );
    return;
  }
  const row = ({ name, status, plan, counts, best, problem, folder }: ListedSweep): string[] => {
    if (plan === null) return [name, status, '', '', '', problem ?? ''].map(printable);
    const ended = counts.complete + counts.pruned + counts.failed;
    const also = (['pruned', 'failed'] as const).flatMap((state) =>
      counts[state] > 0 ? `${counts[state]} ${state}` : [],
    );
    const top = best[0];
    return [
      name,
      status,
      plan.recipe.name as string,
      `${ended}/${plan.trials}${also.length === 0 ? '' : ` (${also.join(', ')})`}`,
      top === undefined
        ? ''
        : plan.objectives.length > 1
          ? `a front of ${best.length}`
          : `${plan.objectives[0]} ${shownFigure(top.values![0]!)} (trial ${top.number})`,
      status === 'stopped' ? command('sweep', '--resume', folder) : '',
    ].map(printable);
  };
  const rows = [['sweep', 'status', 'recipe', 'trials', 'best', ''], ...sweeps.map(row)];
  say(...table(rows, { width: widthOf(process.stdout), head: coloursOf(process.stdout).bold }));
}

async function show(sweep: string, { dir, json }: SweepsFlags): Promise<void> {
  const { findSweep, rankedTrials, readSweep, settingsText, shownFigure, valuesOf, writeStudyPage } =
    await import('../api.ts');
  const folder = findSweep(sweep, dir);
  const read = await readSweep(folder);
  const { plan, study, status } = read;
  const trials = rankedTrials(plan, study);
  if (json) {
    sayJson({
      ...{ status, objectives: plan.objectives },
      trials: trials.map(({ number, state, point, values, user }) => ({
        ...{ number, state, settings: valuesOf(plan.space, point), values },
        ...{ run: user.run ?? null, error: user.error ?? null },
      })),
    });
    return;
  }
  const rows = [
    ['trial', 'state', ...plan.objectives, 'settings'],
    ...trials
      .slice(0, SHOWN)
      .map(({ number, state, values, point, user }) => [
        String(number),
        state,
        ...plan.objectives.map((_, i) => (values?.[i] === undefined ? '' : shownFigure(values[i]))),
        printable(
          `${settingsText(valuesOf(plan.space, point))}${user.error === undefined ? '' : `; ${user.error}`}`,
        ),
      ]),
  ];
  say(...table(rows, { width: widthOf(process.stdout), head: coloursOf(process.stdout).bold }));
  if (trials.length > SHOWN) say(`and ${trials.length - SHOWN} more; --json prints all`);
  say('', shown(await writeStudyPage(folder, { sweep: read })));
}
