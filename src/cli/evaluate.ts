import { Command, Option } from 'commander';
import { HourglassError } from '../errors.ts';
import { coloursOf } from './colours.ts';
import { findRun } from './find-run.ts';

const HELP = `
Examples:
  hourglass evaluate runs/stacked-20261121-153000
  hourglass evaluate stacked-20261121-153000 --split validation --json
  hourglass evaluate sparse-20261121-153000 --probe

Every figure is printed with its definition, beside that of PCA with as many components as the code has units.`;

interface EvaluateFlags {
  split: 'test' | 'validation' | 'train';
  dataDir?: string;
  offline?: boolean;
  json?: boolean;
  probe?: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description("measure a finished run's model on held-out images, next to PCA")
    .argument('<run>', 'the folder of a run, or its name in runs/')
    .addOption(
      new Option('--split <split>', 'which images').choices(['test', 'validation', 'train']).default('test'),
    )
    .option('--probe', 'what codes keep of the classes, too: linear probe, nearest neighbours, k-means')
    .option('--data-dir <folder>', "a folder with the set's IDX files, gzipped or not")
    .option('--offline', 'never use the network')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', HELP)
    .action(async (given: string, { json, probe, ...options }: EvaluateFlags) => {
      const [{ evaluateRun, probeRun }, { evaluationTable, probeLines }] = await Promise.all([
        import('../runs/index.ts'),
        import('./evaluation-table.ts'),
      ]);
      const { split } = options;
      if (probe && split === 'train') {
        throw new HourglassError('usage', {
          subject: '--probe',
          rule: 'is fitted on the training images and needs others, got --split train',
          hint: 'leave out --split, or take validation',
        });
      }
      const run = await findRun(given);
      const evaluation = await evaluateRun(run, options);
      const probed = probe && split !== 'train' ? await probeRun(run, { ...options, split }) : null;
      if (json) {
        const all = probed === null ? evaluation : { ...evaluation, probe: probed };
        process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
        return;
      }
      const colours = coloursOf(process.stdout);
      const lines = evaluationTable(evaluation, colours);
      for (const line of lines.concat(probed === null ? [] : probeLines(probed, colours))) console.log(line);
    });
}
