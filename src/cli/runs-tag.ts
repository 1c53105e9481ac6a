import { Command } from 'commander';
import { printableJson } from '../printable.ts';
import { changeTags, RUNS_FOLDER, readManifest } from '../store/index.ts';
import { findRun } from './find-run.ts';
import { say } from './output.ts';

const HELP = `
Examples:
  hourglass runs tag stacked-20261121-153000 baseline paper
  hourglass runs untag stacked-20261121-153000 paper
  hourglass runs --tag baseline

A tag is at most 64 letters, digits and . _ : = + -. A run that is training can be tagged, too.`;

export const tagCommand = (): Command => command('tag', 'add tags to a run', (tags) => ({ add: tags }));

export const untagCommand = (): Command =>
  command('untag', 'remove tags from a run', (tags) => ({ remove: tags }));

function command(
  name: string,
  description: string,
  change: (tags: string[]) => { add?: string[]; remove?: string[] },
): Command {
  return new Command(name)
    .description(description)
    .argument('<run>', "the run's folder, or its name")
    .argument('<tags...>', 'your own words')
    .addHelpText('after', HELP)
    .action(async (run: string, tags: string[], _: object, self: Command) => {
      const { dir = RUNS_FOLDER, json } = self.optsWithGlobals<{ dir?: string; json?: boolean }>();
      const folder = await findRun(run, dir);
      await readManifest(folder);
      const now = await changeTags(folder, change(tags));
      if (json) say(printableJson(now));
      else say(now.length === 0 ? `${folder} has no tags` : `${folder}: ${now.join(' ')}`);
    });
}
