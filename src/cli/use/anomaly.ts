import { Command, Option } from 'commander';
import type { ScoreKind } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import type { TableEncoding } from '../../tables/index.ts';
import { wholeNumber } from '../arguments.ts';
import { refuseStoreAlone, shardsByQueue, withQueue } from './by-queue.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import {
  fraction,
  INPUT_HELP,
  INPUTS,
  type InputFlags,
  imagesFor,
  isLight,
  MODEL,
  named,
  requireFree,
  requireInputs,
  scoreNumber,
  useModel,
  withFormat,
  withInputs,
  withOutput,
  withResume,
} from './frame.ts';
import { openWork, writeThrough } from './resuming.ts';
import { encodingOf, scoreRows } from './rows.ts';

const HELP = `${INPUT_HELP}

Examples:
  hourglass anomaly runs/stacked-20261121-153000 parts/ --out found/
  hourglass anomaly my-run camera/ --score smoothed-max --out found/
  hourglass anomaly my-run mnist-10k:test --out scores.csv --quantile 0.995
  hourglass anomaly my-run camera/ --false-alarms 0.001 --out found/
  hourglass anomaly model/ camera/ --threshold 0.02 --format jsonl

An image is flagged if its score is above the threshold: the quantile of the scores of the images that were held out of
training, unless --threshold or --false-alarms sets it. Scores are computed from the squared errors (x − x̂)², x in [0, 1]:
  mean           their mean: finds images that are odd as a whole
  max            the largest of all pixels: finds the smallest defects, and noise
  top1%          the mean of the largest 1 %: finds small defects
  smoothed-max   the largest after a Gaussian filter: finds small defects, and ignores noise
or from 1 − SSIM, which compares the structure around each pixel at up to three scales:
  ssim           its mean
  ssim-top1%     the mean of the largest 1 %
  ssim-max       the largest after a Gaussian filter: the default of a model trained with the loss ssim, such as inspect
and for rows of a table, which also have mean, max and top1%:
  distance       the residual x − x̂ among those of the training rows (Mahalanobis' distance, squared): the default
A folder gets scores.csv, anomaly.json, histogram.png, worst.png, and for each of the worst images a mask |x − x̂| and an
overlay of the map that the score is taken from, at the size of the original picture; --opacity sets how much it covers.
--resume continues where an earlier command stopped.

For a table, each row has its score and the columns that did most of it. A folder gets report.html with the worst rows, their
values and what was expected, the same as worst.csv, scores.csv, histogram.png and anomaly.json. The command says how the scores
differ from the held-out ones and, where the file has the label's column, how well they find the rows that are not of the normal
class (AUROC, average precision).`;

interface AnomalyFlags extends InputFlags, ClassFlag {
  score?: ScoreKind;
  quantile: number;
  falseAlarms?: number;
  threshold?: number;
  worst: number;
  opacity: number;
  label?: string;
  normal?: string;
}

export function anomalyCommand(): Command {
  const command = new Command('anomaly')
    .description('find anomalies: images, or rows of a table, that the model reconstructs badly')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS)
    .addOption(
      new Option(
        '--score <kind>',
        'how a sample becomes one number (default: the score of the model: mean or ssim-max, for rows distance)',
      ).choices(['mean', 'max', 'top1%', 'smoothed-max', 'ssim', 'ssim-top1%', 'ssim-max', 'distance']),
    )
    .addOption(
      new Option(
        '--quantile <q>',
        'quantile of the held-out scores: about 1 − q of similar images are flagged',
      )
        .argParser(fraction)
        .default(0.99),
    )
    .addOption(
      new Option(
        '--false-alarms <rate>',
        'flag this share of images like the held-out ones, 0 to 1, instead; how sure that is, is said',
      )
        .argParser(fraction)
        .conflicts('quantile'),
    )
    .addOption(
      new Option('--threshold <score>', 'flag images that score above this, instead')
        .argParser(scoreNumber)
        .conflicts(['quantile', 'falseAlarms']),
    )
    .option(
      '--worst <n>',
      'how many images get a mask and an overlay, or rows are in the report',
      wholeNumber(0),
      20,
    )
    .addOption(
      new Option('--opacity <share>', 'how much the heat of an overlay covers where it is strongest, 0 to 1')
        .argParser(fraction)
        .default(0.6),
    )
    .option('--label <column>', "for a table: the column with a row's class (default: that of the training)")
    .option(
      '--normal <class>',
      'for a table with a label: the class of normal rows; measures how well the scores find the others (default: data.normal of the training)',
    );
  withClass(command, "score all as this class (default: each image's own, else the class that fits best)");
  const where = 'a folder for scores and pictures, or a .csv or .jsonl file';
  withQueue(withResume(withInputs(withFormat(withOutput(command, where), ['png', 'csv', 'jsonl']))));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: AnomalyFlags) => {
      requireInputs(inputs);
      if (flags.queue !== undefined) {
        // Its default does not go with the others.
        const { quantile, ...others } = flags;
        const isBy = flags.threshold === undefined && flags.falseAlarms === undefined;
        const asked = isBy ? flags : others;
        return shardsByQueue('anomaly', given, inputs, asked, ['png', 'csv', 'jsonl']);
      }
      refuseStoreAlone(flags);
      const {
        AnomalyOutput,
        anomaly,
        anomalyThreshold,
        defaultScoreOf,
        destinationOf,
        heldOutScores,
        SCORE_KIND_DEFINITIONS,
        falseAlarmsAbove,
        falseAlarmsText,
        thresholdNote,
        thresholdQuantile,
      } = await import('../../api.ts');
      const { scoredAs } = await import('./told.ts');
      const destination = destinationOf(flags, ['png', 'csv', 'jsonl']);
      await requireFree(destination);
      const asked = flags.threshold;
      // Pictures show the held-out scores even if the threshold does not come from them.
      const statistics = asked === undefined || destination.format === 'png';
      const needs = { statistics, ...(flags.score === undefined ? {} : { score: flags.score }) };
      await useModel(given, flags, needs, async (use) => {
        const { model } = use;
        const score = flags.score ?? defaultScoreOf(model.statistics);
        const { falseAlarms } = flags;
        const by = falseAlarms === undefined ? { quantile: flags.quantile } : { falseAlarms };
        const quantile = asked === undefined ? thresholdQuantile(model, by, score) : null;
        const threshold = asked ?? anomalyThreshold(model, quantile!, score);
        const encoding = labelled(await encodingOf(model), flags);
        if (encoding !== null) {
          const settings = {
            score,
            threshold,
            worst: flags.worst,
            label: encoding.label?.name,
            normal: encoding.label?.normal,
          };
          const work = await openWork(use, destination, inputs, flags, { name: 'anomaly', settings });
          return scoreRows(use, encoding, inputs, flags, destination, { score, threshold, quantile, work });
        }
        // Only overlays show them.
        const maps = destination.format === 'png';
        const alarms = falseAlarmsAbove(model, threshold, score);
        const about = {
          score,
          threshold,
          quantile,
          falseAlarms: alarms,
          worst: flags.worst,
          opacity: flags.opacity,
          subject: named(inputs),
          light: await isLight(model),
          fit: flags.fit ?? model.info.preprocessing.fit,
        };
        const asClass = flags.class === undefined ? {} : { class: flags.class };
        const settings = { score, threshold, worst: flags.worst, ...asClass };
        const work = await openWork(use, destination, inputs, flags, { name: 'anomaly', settings });
        const held = heldOutScores(model.statistics, score);
        const where =
          quantile === null
            ? ''
            : `: the ${Number(quantile.toFixed(5))} quantile of the scores of ${held!.images.toLocaleString('en')} held-out images (${held!.note})`;
        use.note(`score: ${SCORE_KIND_DEFINITIONS[score]}`);
        use.note(`threshold ${Number(threshold.toPrecision(6))}${where}`);
        if (alarms !== null) use.note(falseAlarmsText(alarms));
        // A rate of false alarms is refused where so few images were held out that they do not tell it.
        const caution =
          quantile === null || falseAlarms !== undefined ? null : thresholdNote(held!, quantile);
        if (caution !== null) use.note(caution);
        if (quantile !== null && inputs.some((input) => isSplit(input, model.info.dataset, held!.split)))
          use.note(
            'these images set the threshold: the share that is flagged says nothing about them; score other images, or hold out a validation split (--set data.validation=auto) when training',
          );
        const scored = async function* () {
          for await (const batch of imagesFor(use, inputs, flags, work?.progress ?? undefined))
            yield {
              ...batch,
              found: await anomaly(model, batch.values, {
                score,
                threshold,
                maps,
                ...scoredAs(model, flags, batch.classes),
              }),
            };
        };
        const open = () => AnomalyOutput.open(destination, model, about, work);
        const written = await writeThrough(use, work, scored(), open, flags.resume);
        if (destination.path === null) use.note(written.what);
        return { ...written, score, threshold, quantile, falseAlarms: alarms };
      });
    });
}

/** The encoding with the label that is asked for. */
function labelled(encoding: TableEncoding | null, flags: AnomalyFlags): TableEncoding | null {
  const { label, normal } = flags;
  if (label === undefined && normal === undefined) return encoding;
  if (encoding === null) {
    throw new HourglassError('usage', {
      subject: label === undefined ? '--normal' : '--label',
      rule: 'is for tables, and this model is of images',
      got: label ?? normal ?? '',
    });
  }
  const name = label ?? encoding.label?.name;
  if (name === undefined) {
    throw new HourglassError('usage', {
      subject: '--normal',
      rule: 'needs the column with the class of a row, and the training had none',
      got: normal ?? '',
      hint: 'name it: --label <column>',
    });
  }
  return { ...encoding, label: { name, normal: normal ?? encoding.label?.normal ?? null } };
}

/** Whether an input is the split of a set that held-out scores were measured on. */
const isSplit = (input: string, set: string, split: string): boolean =>
  input === `${set}:${split}` || (input === set && split === 'test');
