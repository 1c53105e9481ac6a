import { Command, Option } from 'commander';
import { coloursOf } from './colours.ts';
import { findRun } from './find-run.ts';

const HELP = `
Examples:
  hourglass evaluate runs/stacked-20261121-153000
  hourglass evaluate stacked-20261121-153000 --split validation --json

Every figure is printed with its definition, beside that of PCA with as many components as the code has units.`;

interface EvaluateFlags {
  split: 'test' | 'validation' | 'train';
  dataDir?: string;
  offline?: boolean;
  json?: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description("measure a finished run's model on held-out images, next to PCA")
    .argument('<run>', 'the folder of a run, or its name in runs/')
    .addOption(
      new Option('--split <split>', 'which images').choices(['test', 'validation', 'train']).default('test'),
    )
    .option('--data-dir <folder>', "a folder with the set's IDX files, gzipped or not")
    .option('--offline', 'never use the network')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', HELP)
    .action(async (run: string, { json, ...options }: EvaluateFlags) => {
      const [{ evaluateRun }, { evaluationTable }] = await Promise.all([
        import('../runs/index.ts'),
        import('./evaluation-table.ts'),
      ]);
      const evaluation = await evaluateRun(await findRun(run), options);
      if (json) process.stdout.write(`${JSON.stringify(evaluation, null, 2)}\n`);
      else for (const line of evaluationTable(evaluation, coloursOf(process.stdout))) console.log(line);
    });
}
