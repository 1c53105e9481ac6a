import { join } from 'node:path';
import { Command } from 'commander';
import { HourglassError } from '../errors.ts';
import { RUNS_FOLDER } from '../store/index.ts';
import { findRun } from './find-run.ts';
import { say, sayJson } from './output.ts';
import { shown } from './paths.ts';

const HELP = `
Examples:
  hourglass pictures runs/vae-20261121-153000           draw a run's pictures again
  hourglass pictures runs/stacked runs/stacked-nodropout --out both
                                                        the loss curves of two runs, and their
                                                        reconstructions of the same images in rows`;

/** Where several runs' pictures go by default. */
const COMPARISON = join(RUNS_FOLDER, 'comparison');

interface PicturesFlags {
  out?: string;
  dataDir?: string;
  offline?: boolean;
  json?: boolean;
}

export function picturesCommand(): Command {
  return new Command('pictures')
    .description("draw a finished run's pictures again, or several runs into the same pictures")
    .argument('<runs...>', 'folders of runs, or their names in runs/')
    .option('--out <folder>', `where the pictures of several runs go (default: ${COMPARISON})`)
    .option('--data-dir <folder>', "a folder with the run's data: IDX files, or images that were moved")
    .option('--offline', 'never use the network')
    .option('--json', 'print the paths as JSON')
    .addHelpText('after', HELP)
    .action(drawRuns);
}

async function drawRuns(given: string[], { out, json, ...options }: PicturesFlags): Promise<void> {
  if (given.length === 1 && out !== undefined) {
    throw new HourglassError('usage', {
      subject: '--out',
      rule: "is for several runs: a single run's pictures go into its folder",
      hint: 'leave it out, or name another run',
    });
  }
  const runs = await Promise.all(given.map((run) => findRun(run)));
  const { compareRuns, redrawPictures } = await import('../api.ts');
  const files =
    runs.length === 1
      ? await redrawPictures(runs[0]!, options)
      : await compareRuns(runs, out ?? COMPARISON, options);
  if (json) sayJson(files);
  else for (const file of files) say(shown(file));
}
