import { Command } from 'commander';
import { findRun } from './find-run.ts';
import { say, sayJson } from './output.ts';
import { shown } from './paths.ts';

const HELP = `
Examples:
  hourglass report runs/stacked-20261121-153000         write report.html again, as after 'hourglass pictures'
  hourglass report stacked-20261121-153000 --json

A training writes the report when it ends: one file that opens in a browser, without a network.`;

export function reportCommand(): Command {
  return new Command('report')
    .description("write a finished run's report.html again, from what is in its folder")
    .argument('<run>', 'the folder of a run, or its name in runs/')
    .option('--json', 'print the path as JSON')
    .addHelpText('after', HELP)
    .action(async (given: string, { json }: { json?: boolean }) => {
      const run = await findRun(given);
      const { writeReport } = await import('../api.ts');
      const file = await writeReport(run);
      if (json) sayJson(file);
      else say(shown(file));
    });
}
