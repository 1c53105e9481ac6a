import { Command, InvalidArgumentError, Option } from 'commander';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { printable } from '../printable.ts';
import { checkTag, type ListedRun, listRuns, RUNS_FOLDER } from '../store/index.ts';
import { nearest } from '../suggest.ts';
import { say, sayJson } from './output.ts';
import { deleteCommand } from './runs-delete.ts';
import { tagCommand, untagCommand } from './runs-tag.ts';
import { fits as fitsIn, table, widthOf } from './table.ts';

const HELP = `
Examples:
  hourglass runs                        the runs in runs/, and how to continue those that were stopped
  hourglass runs --recipe vae --status finished --sort loss
  hourglass runs --dir my-runs --json   those of another folder, for a script
  hourglass runs tag stacked-20261121-153000 baseline
  hourglass runs --tag baseline
  hourglass runs delete stacked-20261121-153000

Loss and MSE are measured on the test split, for finished runs. The loss is the one that was minimised: compare it
only between runs with the same loss.`;

const STATUSES = ['running', 'finished', 'stopped', 'failed', 'damaged'] as const;

interface RunsFlags {
  dir: string;
  json?: boolean;
  recipe?: string;
  status?: (typeof STATUSES)[number];
  data?: string;
  tag?: string[];
  sort: keyof typeof KEYS;
  reverse?: boolean;
}

type Key = string | number | null;

const epochs = (run: ListedRun) => ('manifest' in run ? run.manifest.epoch : null);
const figure = (run: ListedRun, name: 'loss' | 'mse') =>
  'manifest' in run ? (run.results?.[name] ?? null) : null;

/** What a list can be sorted by; runs without it come last. Dates start with the newest. */
const KEYS = {
  date: (run: ListedRun): Key => ('manifest' in run ? run.manifest.startedAt : null),
  name: (run: ListedRun): Key => run.name,
  recipe: (run: ListedRun): Key => ('manifest' in run ? run.manifest.recipe : null),
  data: (run: ListedRun): Key => ('manifest' in run ? run.manifest.dataset.name : null),
  status: (run: ListedRun): Key => run.status,
  epochs: (run: ListedRun): Key => epochs(run),
  loss: (run: ListedRun): Key => figure(run, 'loss'),
  mse: (run: ListedRun): Key => figure(run, 'mse'),
};

export function runsCommand(): Command {
  return (
    new Command('runs')
      .description('list the runs in a folder, the newest first; tag and delete them')
      .usage('[options] [command]')
      // Words that are not commands arrive here and are answered with a suggestion.
      .argument('[words...]')
      .option('--dir <folder>', 'the folder that holds the run folders', RUNS_FOLDER)
      .option('--recipe <name>', 'only runs of this recipe')
      .addOption(new Option('--status <status>', 'only runs of this status').choices(STATUSES))
      .option('--data <set>', 'only runs on this data set')
      .option('--tag <tag>', 'only runs with this tag; if repeated, with all of them', collectTag)
      .addOption(new Option('--sort <by>', 'what to sort by').choices(Object.keys(KEYS)).default('date'))
      .option('--reverse', 'reverse the order')
      .option('--json', 'print the list as JSON')
      .addHelpText('after', HELP)
      .addCommand(tagCommand())
      .addCommand(untagCommand())
      .addCommand(deleteCommand())
      .action(async ([command]: string[], flags: RunsFlags) => {
        if (command !== undefined) refuseCommand(command);
        await printRuns(flags);
      })
  );
}

function refuseCommand(given: string): never {
  const meant = nearest(given, ['tag', 'untag', 'delete']);
  throw new HourglassError('usage', {
    subject: 'runs',
    rule: 'takes one of the commands tag, untag and delete, or none',
    got: given,
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}

function collectTag(tag: string, before: string[] = []): string[] {
  try {
    return [...before, checkTag(tag)];
  } catch (error) {
    throw new InvalidArgumentError(`It ${(error as HourglassError).parts.rule}.`);
  }
}

async function printRuns({ dir, json, sort, reverse = false, ...wanted }: RunsFlags): Promise<void> {
  const all = await listRuns(dir);
  const runs = sorted(
    all.filter((run) => fits(run, wanted)),
    sort,
    reverse,
  );
  if (json) sayJson(runs);
  else if (all.length === 0) say(`No runs in ${dir}; '${command('train')}' makes one.`);
  else if (runs.length === 0) say(`None of the ${all.length} runs in ${dir} matches.`);
  else {
    const head = ['run', 'status', 'recipe', 'data', 'epochs', 'loss', 'MSE', 'tags', 'started (UTC)'];
    const width = widthOf(process.stdout);
    const whole = [head, ...runs.map((run) => row(run, true))];
    if (fitsIn(whole, width)) say(...table(whole, { width }));
    else {
      // A command is not wrapped, so that it can be copied: it has its own line below.
      say(...table(withoutEmpty([head, ...runs.map((run) => row(run, false))]), { width }));
      const commands = runs.flatMap((run) => resumeOf(run) ?? []);
      if (commands.length > 0) say('', 'Continue a stopped run:', ...commands.map((text) => `  ${text}`));
    }
  }
}

/** A table without the columns that have nothing below their head, such as tags where no run has any. */
function withoutEmpty(rows: readonly (readonly string[])[]): string[][] {
  return rows.map((row) => row.filter((_, i) => rows.slice(1).some((other) => other[i] !== '')));
}

function fits(run: ListedRun, { recipe, status, data, tag = [] }: Partial<RunsFlags>): boolean {
  const known = 'manifest' in run ? run.manifest : null;
  return (
    (recipe === undefined || known?.recipe === recipe) &&
    (status === undefined || run.status === status) &&
    (data === undefined || known?.dataset.name === data) &&
    tag.every((one) => run.tags.includes(one))
  );
}

function sorted(runs: readonly ListedRun[], by: keyof typeof KEYS, reverse: boolean): ListedRun[] {
  const key = KEYS[by];
  const sign = reverse === (by === 'date') ? 1 : -1;
  const known = runs.filter((run) => key(run) !== null);
  known.sort((a, b) => {
    const [x, y] = [key(a)!, key(b)!];
    return x === y ? 0 : x < y ? -sign : sign;
  });
  return [...known, ...runs.filter((run) => key(run) === null)];
}

function row(run: ListedRun, withCommand: boolean): string[] {
  if (!('manifest' in run))
    return [run.name, 'damaged', '', '', '', '', '', run.tags.join(' '), run.problem].map(printable);
  const { manifest, status, results, tags } = run;
  const planned = (manifest.config as { training?: { epochs?: number } }).training?.epochs;
  const started = manifest.startedAt.slice(0, 16).replace('T', ' ');
  return [
    run.name,
    status,
    manifest.recipe,
    manifest.dataset.name,
    `${manifest.epoch}/${planned ?? '?'}`,
    results?.loss?.toPrecision(4) ?? '',
    results?.mse.toPrecision(4) ?? '',
    tags.join(' '),
    [started, (withCommand ? resumeOf(run) : null) ?? noteOn(run), run.problem ?? '']
      .filter((part) => part !== '')
      .join('  '),
  ].map(printable);
}

/** The command that continues a stopped run. */
const resumeOf = (run: ListedRun): string | null =>
  'manifest' in run && run.status === 'stopped' && run.writer === null
    ? command('train', '--resume', run.folder)
    : null;

function noteOn(run: Extract<ListedRun, { manifest: unknown }>): string {
  if (run.writer !== null) return `process ${run.writer.pid} on ${run.writer.host}`;
  if (run.status === 'stopped') return '';
  return run.manifest.note ?? '';
}
