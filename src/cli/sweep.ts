/** `hourglass sweep`: many trainings of one recipe, and the best of them. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { SweepOptions, SweepResult } from '../api.ts';
import { PRUNERS, SEARCHES } from '../choices.ts';
import { command } from '../command.ts';
import { EXIT_CODES, HourglassError } from '../errors.ts';
import { wholeNumber } from './arguments.ts';
import { onInterrupt } from './interrupt.ts';
import { outputIsLog, say, sayJson, tell } from './output.ts';
import { near, shown } from './paths.ts';

const HELP = `
Examples:
  hourglass sweep quick --data mnist-10k --epochs 2 --set model.code.units=8,16,32
  hourglass sweep vae20 --set model.code.units=8,16,32 --set training.optimiser.learningRate=log:1e-4..1e-2 --trials 40
  hourglass sweep quick --set training.batchSize=int:16..256..16 --search tpe --prune asha --trials 30
  hourglass sweep quick --objective ssim --objective mse --set model.code.units=2,4,8,16
  hourglass sweep vae20 --seeds 5                mean and deviation of every figure over five seeds
  hourglass sweep space.json                     recipe, space and search as a file
  hourglass sweep quick --set model.code.units=8,16,32 --queue redis://queue:6379    trained by 'hourglass worker'
  hourglass sweep --resume sweeps/quick-20261121-153000
  hourglass sweep --stop sweeps/quick-20261121-153000

Values of --set: 8,16,32 are choices; 0.1..0.5 is a range, log:1e-4..1e-2 a range by magnitude, int:2..64 whole numbers,
int:16..256..16 whole numbers in steps. A single value is the same in every trial. Every value is checked by the recipe's
schema before anything starts.

Trials are judged by figures of the validation split, never of the test split. Each is an ordinary run in the sweep's
folder, trained in a process of its own. 'hourglass sweeps' lists the sweeps.

Ctrl-C stops after the current steps and keeps what was learned; --resume continues.`;

interface SweepFlags {
  set?: [path: string, text: string][];
  data?: string;
  dataDir?: string;
  offline?: boolean;
  epochs?: number;
  seed?: number;
  seeds?: number;
  search?: SweepOptions['search'];
  prune?: SweepOptions['prune'];
  objective?: string[];
  trials?: number;
  searchSeed?: number;
  parallel?: number;
  threads?: number;
  out?: string;
  queue?: string | true;
  store?: string | true;
  resume?: string;
  stop?: string;
  json?: boolean;
}

export function sweepCommand(): Command {
  return new Command('sweep')
    .description('train a recipe with many settings, in parallel, and find the best')
    .argument('[recipe]', "a recipe's name, a .json file with a recipe, or one with a space")
    .option('--set <path=values>', 'a setting and its values, see below; may be repeated', collectValues)
    .option(
      '--data <set>',
      "a data set, a folder of images, a table, or the address of a file (see 'hourglass data')",
    )
    .option('--data-dir <folder>', "a folder with the set's IDX files, gzipped or not")
    .option('--offline', 'never use the network')
    .option('--epochs <n>', 'how many times every training image is seen', wholeNumber(1))
    .option('--trials <n>', 'trainings in all (default: all of a grid, otherwise 20)', wholeNumber(1))
    .addOption(
      new Option(
        '--search <how>',
        'how settings are chosen (default: grid for choices without --trials, otherwise tpe)',
      ).choices(SEARCHES),
    )
    .addOption(
      new Option(
        '--prune <how>',
        'ends trials early whose validation loss is worse than that of others (default: none)',
      ).choices(PRUNERS),
    )
    .option(
      '--objective <figure>',
      'the figure to find the best of, such as loss, mse or ssim; if repeated, the front of several (default: loss, or mse if the settings change what the loss is)',
      collect,
    )
    .option('--seeds <n>', 'train each combination with this many seeds', wholeNumber(1))
    .option('--seed <n>', "the trainings' seed, or the first of --seeds", wholeNumber(0))
    .option(
      '--search-seed <n>',
      'the seed of the search: same seed, same settings (default: 1)',
      wholeNumber(0),
    )
    .option('--parallel <n>', 'trainings at the same time (default: one per core)', wholeNumber(1))
    .option(
      '--threads <n>',
      'threads of each training (default: the cores, divided among them)',
      wholeNumber(1),
    )
    .option(
      '--queue [address]',
      "have the trials trained by the workers of a queue (redis://, rediss:// or postgres://; default: HOURGLASS_QUEUE); see 'hourglass worker'",
    )
    .option(
      '--store [address]',
      'with --queue: runs come back by an S3-compatible store and stay there (s3://bucket/prefix; default: HOURGLASS_STORE)',
    )
    .option('--out <folder>', "the sweep's folder (default: sweeps/<name>)")
    .option('--resume <sweep>', 'continue a sweep that was stopped or killed')
    .option('--stop <sweep>', 'stop a sweep that runs in another terminal')
    .option('--json', 'print the result as JSON, and nothing else, to standard output')
    .addHelpText('after', HELP)
    .action(runSweep);
}

async function runSweep(recipe: string | undefined, flags: SweepFlags): Promise<void> {
  const { resume, stop, parallel, queue, store, json = false } = flags;
  const api = await import('../api.ts');
  if (stop !== undefined) {
    refuseOthers('--stop', recipe, flags, ['stop']);
    const folder = api.findSweep(stop);
    const pid = await api.stopSweep(folder);
    say(
      `Asked process ${pid} to stop. Continue later with:`,
      `  ${command('sweep', '--resume', near(folder))}`,
    );
    return;
  }
  if (resume !== undefined)
    refuseOthers('--resume', recipe, flags, ['resume', 'parallel', 'queue', 'store', 'json']);
  else if (recipe === undefined) {
    throw new HourglassError('usage', {
      subject: 'sweep',
      rule: 'needs a recipe',
      hint: `for example ${command('sweep', 'quick', '--set', 'model.code.units=8,16,32')}`,
    });
  }
  if (store !== undefined && queue === undefined) {
    throw new HourglassError('usage', {
      subject: '--store',
      rule: 'goes with --queue: trials of this machine are in the folder of the sweep',
      hint: 'add --queue, or leave it out',
    });
  }
  const folder =
    resume === undefined
      ? (await api.beginSweep(recipe!, optionsOf(flags, api))).folder
      : api.findSweep(resume);
  if (!json) outputIsLog();
  const { watchSweep } = await import('./sweep-progress.ts');
  const watch = watchSweep(json ? process.stderr : process.stdout);
  const abort = new AbortController();
  const listened = onInterrupt(() => {
    abort.abort();
    watch.stopping();
    tell('Stopping after the current steps (Ctrl-C again: at once) …');
  });
  try {
    const board = await api.openSweepBoard(folder);
    const result = await api.carryOutSweep(folder, {
      parallel,
      ...(queue === undefined
        ? {}
        : { queue: queue === true ? '' : queue, store: store === true ? '' : store }),
      signal: abort.signal,
      onEvent(event) {
        watch.onEvent(event);
        // What fails here fails again, and is told, at the end.
        if (event.type === 'end') board.update().catch(() => {});
      },
    });
    watch.close();
    await board.update();
    const page = await api.writeStudyPage(folder, { draw: result.status === 'finished', sweep: result });
    if (json) sayJson(summary(result, api.bestTrials(result.plan, result.study)));
    else {
      watch.result(result, api.bestTrials(result.plan, result.study));
      say(shown(page));
    }
    if (result.status === 'stopped') process.exitCode = EXIT_CODES.interrupted;
  } finally {
    watch.close();
    listened();
  }
}

function optionsOf(
  flags: SweepFlags,
  api: Pick<typeof import('../api.ts'), 'parseValues' | 'threadsOfEach'>,
): SweepOptions {
  const { set = [], objective, parallel, threads, queue, store: _, ...others } = flags;
  const { resume: __, stop: ___, json: ____, ...rest } = others;
  const fixed: NonNullable<SweepOptions['fixed']> = {};
  const space = new Map<string, NonNullable<SweepOptions['space']>[number]>();
  for (const [path, text] of set) {
    const values = api.parseValues(path, text);
    if ('fixed' in values) Object.assign(fixed, { [path]: values.fixed });
    else space.set(path, { path, domain: values.domain });
  }
  return {
    ...rest,
    ...{ fixed, space: [...space.values()], objectives: objective },
    threads: threads ?? api.threadsOfEach({ parallel, queue: queue === true ? '' : queue }),
  };
}

/** The sweep continues with its own settings. */
function refuseOthers(
  flag: string,
  recipe: string | undefined,
  flags: SweepFlags,
  allowed: readonly string[],
): void {
  const other = Object.keys(flags).find((name) => !allowed.includes(name));
  if (recipe === undefined && other === undefined) return;
  throw new HourglassError('usage', {
    subject: flag,
    rule: `takes the sweep's own settings and no others, got ${recipe === undefined ? `--${other!.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}` : `the recipe '${recipe}'`}`,
    hint: 'leave it out, or begin a new sweep',
  });
}

function summary({ status, folder, plan, study }: SweepResult, best: SweepResult['study']['trials']) {
  const shown = (trial: (typeof best)[number]) => {
    const { number, state, point, values, user } = trial;
    return { number, state, settings: point, values, run: user.run ?? null };
  };
  return {
    ...{ status, folder, search: plan.search, objectives: plan.objectives },
    best: best.map(shown),
    trials: study.trials.map(shown),
  };
}

function collectValues(text: string, before: [string, string][] = []): [string, string][] {
  const at = text.indexOf('=');
  if (at <= 0)
    throw new InvalidArgumentError('It must be path=values, for example model.code.units=8,16,32.');
  return [...before, [text.slice(0, at), text.slice(at + 1)]];
}

const collect = (text: string, before: string[] = []): string[] => [...before, text];
