import { Command } from 'commander';
import { listRuns, RUNS_FOLDER } from '../store/index.ts';
import { table } from './table.ts';

const HELP = `
Examples:
  hourglass runs                        the runs in runs/, and how to go on with those that were stopped
  hourglass runs --dir my-runs --json   those of another folder, for a script`;

export function runsCommand(): Command {
  return new Command('runs')
    .description('list the runs in a folder, the newest first')
    .option('--dir <folder>', 'the folder that holds the run folders', RUNS_FOLDER)
    .option('--json', 'print the list as JSON')
    .addHelpText('after', HELP)
    .action(async ({ dir, json }: { dir: string; json?: boolean }) => {
      const runs = await listRuns(dir);
      if (json) {
        console.log(JSON.stringify(runs, null, 2));
        return;
      }
      if (runs.length === 0) {
        console.log(`No runs in ${dir}; 'hourglass train' makes one.`);
        return;
      }
      const rows = runs.map((run) => {
        if (!('manifest' in run)) return [run.name, 'damaged', '', '', run.problem];
        const { manifest, status } = run;
        const planned = (manifest.config as { training?: { epochs?: number } }).training?.epochs;
        const note = manifest.note ?? (status === 'stopped' ? `hourglass train --resume ${run.folder}` : '');
        return [
          run.name,
          status,
          manifest.dataset.name,
          `${manifest.epoch}/${planned ?? '?'}`,
          `${manifest.startedAt.slice(0, 16).replace('T', ' ')} UTC${note === '' ? '' : `  ${note}`}`,
        ];
      });
      for (const line of table([['run', 'status', 'data', 'epochs', 'started'], ...rows])) console.log(line);
    });
}
