import { Command, Option } from 'commander';
import type { Binarisation, MeasuredOnRequest, OnProgress } from '../api.ts';
import { HourglassError } from '../errors.ts';
import { wholeNumber } from './arguments.ts';
import { coloursOf } from './colours.ts';
import type { LineStyle } from './figure-lines.ts';
import { findRun } from './find-run.ts';
import { measuringText } from './measuring-text.ts';
import { classList, type OneClassFlags } from './one-class.ts';
import { say, sayJson, tell } from './output.ts';
import { widthOf } from './table.ts';

const HELP = `
Examples:
  hourglass evaluate runs/stacked-20261121-153000
  hourglass evaluate stacked-20261121-153000 --split validation --json
  hourglass evaluate sparse-20261121-153000 --probe
  hourglass evaluate vae20-20261121-153000 --likelihood --images 1000 --binarisation sampled
  hourglass evaluate vae20-20261121-153000 --generation
  hourglass evaluate stacked-20261121-153000 --one-class normal --epochs 5

--one-class trains a model for each class with the run's recipe, into one-class/ in the run's folder; a run that was
trained on some of the classes (--set 'data.classes=["3"]') is scored as it is. If it is stopped, the same command
continues it.

Figures of test images that --probe, --likelihood, --generation and --one-class measure are kept in the run's results.json: compare and
report show them.

Every figure is printed with its definition, next to the figure of PCA with as many components as the code has units.`;

interface EvaluateFlags {
  split: 'test' | 'validation' | 'train';
  dataDir?: string;
  offline?: boolean;
  json?: boolean;
  probe?: boolean;
  likelihood?: boolean;
  generation?: boolean;
  oneClass?: OneClassFlags['oneClass'];
  classes?: string[];
  epochs?: number;
  out?: string;
  images?: number;
  binarisation?: Binarisation;
  /** Left by `--extension`: the addresses of modules. */
  figures?: string[];
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description("measure a finished run's model on held-out images, next to PCA")
    .argument('<run>', 'the folder of a run, or its name in runs/')
    .addOption(
      new Option('--split <split>', 'which images').choices(['test', 'validation', 'train']).default('test'),
    )
    .option(
      '--probe',
      'also measure what the codes keep of the classes: linear probe, nearest neighbours, k-means',
    )
    .option(
      '--likelihood',
      'for variational models: also the ELBO, and the importance-weighted NLL with k = 1, 50, 5,000',
    )
    .option(
      '--generation',
      'also compare reconstructions, samples and interpolations with held-out images: Fréchet distance, precision, recall, density, coverage',
    )
    .option(
      '--images <n>',
      'for --likelihood and --generation: the number of images (default: 500 and 2,000)',
      wholeNumber(1),
    )
    .addOption(
      new Option(
        '--binarisation <how>',
        'for --likelihood: how grey values are treated (default: as in training)',
      ).choices(['grey', 'threshold', 'sampled']),
    )
    .addOption(
      new Option(
        '--one-class [set-up]',
        'train models on one class, or on all but one (default: both), and measure their AUROC',
      ).choices(['normal', 'leave-one-out', 'both']),
    )
    .option(
      '--classes <list>',
      'for --one-class: names or positions, for example 0,1 (default: all)',
      classList,
    )
    .option('--epochs <n>', "for --one-class: epochs of each model (default: the recipe's)", wholeNumber(1))
    .option(
      '--out <folder>',
      "for --one-class: where models and tables go (default: one-class/ in the run's folder)",
    )
    .option('--data-dir <folder>', "a folder with the run's data: IDX files, or images that were moved")
    .option('--offline', 'never use the network')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', HELP)
    .action(async (given: string, flags: EvaluateFlags) => {
      const {
        json,
        probe,
        likelihood,
        generation,
        oneClass: asked,
        images,
        binarisation,
        figures,
        ...rest
      } = flags;
      const { classes, epochs, out, ...options } = rest;
      requireTogether(flags);
      const [
        { evaluateGeneration, evaluateLikelihood, evaluateRun, loadFigures, probeRun },
        { evaluationTable, likelihoodLines, probeLines },
        { generationLines },
        { diagnosisLines },
      ] = await Promise.all([
        import('../api.ts'),
        import('./evaluation-table.ts'),
        import('./generation-lines.ts'),
        import('./diagnosis-lines.ts'),
      ]);
      const { split } = options;
      if ((probe || generation) && split === 'train') {
        throw new HourglassError('usage', {
          subject: probe ? '--probe' : '--generation',
          rule: `${probe ? 'is fitted on the training images and needs others' : 'compares with held-out images'}, got --split train`,
          hint: 'leave out --split, or use validation',
        });
      }
      const run = await findRun(given);
      if (asked !== undefined) {
        const { oneClass, oneClassLines, oneClassSummary } = await import('./one-class.ts');
        const { split: _, ...data } = options;
        const set = {
          ...(classes === undefined ? {} : { classes }),
          ...(epochs === undefined ? {} : { epochs }),
          ...(out === undefined ? {} : { out }),
        };
        const evaluation = await oneClass(run, { oneClass: asked, ...set, ...data });
        await keep(run, { oneClass: oneClassSummary(evaluation) });
        if (json) sayJson(evaluation);
        else for (const line of oneClassLines(evaluation, styleOf())) say(line);
        return;
      }
      const added = { figures: await loadFigures(figures ?? []) };
      const evaluation = await measured((onProgress) =>
        evaluateRun(run, { ...options, ...added, onProgress }),
      );
      const probed =
        probe && split !== 'train'
          ? await measured((onProgress) => probeRun(run, { ...options, split, onProgress }))
          : null;
      const estimated = likelihood
        ? await withProgress('likelihood', (onProgress) =>
            evaluateLikelihood(run, {
              ...options,
              onProgress,
              ...(images === undefined ? {} : { images }),
              ...(binarisation === undefined ? {} : { binarisation }),
            }),
          )
        : null;
      const generated =
        generation && split !== 'train'
          ? await measured((onProgress) =>
              evaluateGeneration(run, {
                ...options,
                split,
                onProgress,
                ...(images === undefined ? {} : { images }),
              }),
            )
          : null;
      const onRequest = {
        ...(probed === null ? {} : { probe: probed }),
        ...(estimated === null ? {} : { likelihood: estimated }),
        ...(generated === null ? {} : { generation: generated }),
      };
      await keep(run, onRequest);
      if (json) {
        sayJson({ ...evaluation, ...onRequest });
        return;
      }
      const style = styleOf();
      const lines = [
        ...evaluationTable(evaluation, style),
        ...diagnosisLines(evaluation.diagnosis, style.colours, process.stdout.columns),
        ...(probed === null ? [] : probeLines(probed, style)),
        ...(estimated === null ? [] : likelihoodLines(estimated, style)),
        ...(generated === null ? [] : generationLines(generated, style)),
      ];
      say(...lines);
    });
}

/** Keeps what was measured with the run's results. A run that cannot be written is no reason to lose the figures. */
async function keep(run: string, measured: MeasuredOnRequest): Promise<void> {
  const { keepMeasured } = await import('../api.ts');
  try {
    await keepMeasured(run, measured);
  } catch (error) {
    if (!(error instanceof HourglassError)) throw error;
    tell(`note: not kept in the run's results: ${error.message}`);
  }
}

/** @throws HourglassError for a flag that belongs to a measurement that was not requested. */
function requireTogether(flags: EvaluateFlags): void {
  const refuse = (subject: string, rule: string) => new HourglassError('usage', { subject, rule });
  if (!flags.likelihood && flags.binarisation !== undefined)
    throw refuse('--binarisation', 'is for --likelihood, which was not given');
  if (!flags.likelihood && !flags.generation && flags.images !== undefined)
    throw refuse('--images', 'is for --likelihood or --generation, neither of which was given');
  if (flags.oneClass === undefined) {
    const idle = (['classes', 'epochs', 'out'] as const).find((name) => flags[name] !== undefined);
    if (idle !== undefined) throw refuse(`--${idle}`, 'is for --one-class, which was not given');
    return;
  }
  const other = (['probe', 'likelihood', 'generation'] as const).find((name) => flags[name]);
  if (other !== undefined)
    throw refuse(`--${other}`, 'measures this run, and --one-class trains others: give one of them');
  if (flags.split !== 'test') throw refuse('--split', 'must be test with --one-class');
}

/** Seconds between lines of progress where standard error is not a terminal. */
const LINE_EVERY = 5;

/** Shows on standard error what is being measured: a line that moves on a terminal, now and then a plain one elsewhere. */
async function measured<T>(work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const { stderr } = process;
  let last = performance.now();
  try {
    return await work((phase, share) => {
      const text = measuringText({ phase, share });
      if (stderr.isTTY) stderr.write(`\r${text}\u001b[K`);
      else if (performance.now() - last > LINE_EVERY * 1000) {
        last = performance.now();
        stderr.write(`${text}\n`);
      }
    });
  } finally {
    if (stderr.isTTY) stderr.write('\r\u001b[K');
  }
}

/** Shows progress on standard error while something takes long, if it is a terminal. */
async function withProgress<T>(
  what: string,
  work: (onProgress: (done: number, of: number) => void) => Promise<T>,
): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return work(() => {});
  try {
    return await work((done, of) => stderr.write(`\r${what}: ${done} of ${of} images`));
  } finally {
    stderr.write('\r\u001b[K');
  }
}

const styleOf = (): LineStyle => ({ width: widthOf(process.stdout), colours: coloursOf(process.stdout) });
