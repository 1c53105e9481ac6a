import { Command, Option } from 'commander';
import { wholeNumber } from '../arguments.ts';
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
  score,
  useModel,
  withFormat,
  withInputs,
  withOutput,
} from './frame.ts';

const HELP = `${INPUT_HELP}

Examples:
  hourglass anomaly runs/stacked-20261121-153000 parts/ --out found/
  hourglass anomaly my-run mnist-10k:test --out scores.csv --quantile 0.995
  hourglass anomaly model/ camera/ --threshold 0.02 --format jsonl

The score of an image is the mean over its values of (x − x̂)², x in [0, 1]. Images that score above the threshold are
flagged. The threshold is --threshold, or a quantile of the scores of images held out of training. A folder gets
scores.csv, histogram.png, worst.png, and a mask |x − x̂| and an overlay for each of the worst images.`;

interface AnomalyFlags extends InputFlags {
  quantile: number;
  threshold?: number;
  worst: number;
}

export function anomalyCommand(): Command {
  const command = new Command('anomaly')
    .description('find anomalies: images that the model reconstructs badly')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS)
    .addOption(
      new Option(
        '--quantile <q>',
        'quantile of the held-out scores: about 1 − q of similar images are flagged',
      )
        .argParser(fraction)
        .default(0.99),
    )
    .addOption(
      new Option('--threshold <score>', 'flag images that score above this, instead')
        .argParser(score)
        .conflicts('quantile'),
    )
    .option('--worst <n>', 'how many images get a mask and an overlay', wholeNumber(0), 20);
  withInputs(
    withFormat(withOutput(command, 'a folder for scores and pictures, or a .csv or .jsonl file'), [
      'png',
      'csv',
      'jsonl',
    ]),
  );
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: AnomalyFlags) => {
      requireInputs(inputs);
      const { AnomalyOutput, anomaly, anomalyThreshold, destinationOf } = await import('../../runs/index.ts');
      const destination = destinationOf(flags, ['png', 'csv', 'jsonl']);
      await requireFree(destination);
      const asked = flags.threshold;
      // Pictures show the held-out scores even if the threshold does not come from them.
      const needs = { statistics: asked === undefined || destination.format === 'png' };
      await useModel(given, flags, needs, async (use) => {
        const { model, count } = use;
        const threshold = asked ?? anomalyThreshold(model, flags.quantile);
        const quantile = asked === undefined ? flags.quantile : null;
        const output = await AnomalyOutput.open(destination, model, {
          threshold,
          quantile,
          worst: flags.worst,
          subject: named(inputs),
          light: await isLight(model),
        });
        const held = model.statistics?.scores;
        const where =
          quantile === null
            ? ''
            : `: the ${quantile} quantile of the scores of ${held!.images.toLocaleString('en')} held-out images (${held!.note})`;
        use.note(`threshold ${Number(threshold.toPrecision(6))}${where}`);
        try {
          for await (const { names, classes, pixels } of imagesFor(use, inputs, flags)) {
            await output.add(names, classes, pixels, await anomaly(model, pixels, { threshold }));
            count.add(names.length);
          }
          const written = await output.finish();
          if (destination.path === null) use.note(written.what);
          return { ...written, threshold, quantile };
        } catch (error) {
          await output.abandon();
          throw error;
        }
      });
    });
}
