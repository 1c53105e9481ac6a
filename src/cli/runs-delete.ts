import { realpathSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { HourglassError } from '../errors.ts';
import { deleteRun, RUNS_FOLDER, requireDeletable } from '../store/index.ts';
import { findRun } from './find-run.ts';
import { say } from './output.ts';

const HELP = `
Examples:
  hourglass runs delete stacked-20261121-153000          asks first
  hourglass runs delete runs/vae-1 runs/vae-2 --yes      does not

Only run folders are deleted, and none that is being trained. Links in them are removed, not followed.`;

export function deleteCommand(): Command {
  return new Command('delete')
    .description('delete runs, with everything in their folders')
    .argument('<runs...>', "the runs' folders, or their names")
    .option('--yes', 'do not ask; needed if the input is not a terminal')
    .addHelpText('after', HELP)
    .action(async (runs: string[], { yes = false }: { yes?: boolean }, self: Command) => {
      const { dir = RUNS_FOLDER } = self.optsWithGlobals<{ dir?: string }>();
      const folders: string[] = [];
      for (const run of runs) {
        const folder = await findRun(run, dir);
        // All are checked before the first is deleted.
        await requireDeletable(folder);
        if (!folders.some((other) => realpathSync(other) === realpathSync(folder))) folders.push(folder);
      }
      if (!yes && !(await isConfirmed(folders))) {
        say('Nothing is deleted.');
        return;
      }
      for (const folder of folders) {
        await deleteRun(folder);
        say(`deleted ${folder}`);
      }
    });
}

async function isConfirmed(folders: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new HourglassError('usage', {
      subject: 'runs delete',
      rule: 'asks before it deletes, but there is no terminal to ask on',
      hint: 'pass --yes',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const what = folders.length === 1 ? folders[0] : `these ${folders.length} runs: ${folders.join(', ')}`;
  try {
    // Ctrl-C and Ctrl-D mean no.
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const question = `Delete ${what}, with models, checkpoints and pictures? [y/N] `;
    const answer = await Promise.race([terminal.question(question), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
