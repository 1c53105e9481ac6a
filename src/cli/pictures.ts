import { join } from 'node:path';
import { Command } from 'commander';
import { RUNS_FOLDER } from '../store/index.ts';
import { findRun } from './find-run.ts';
import { shown } from './paths.ts';

const HELP = `
Examples:
  hourglass pictures runs/vae-20261121-153000           draw a run's pictures again
  hourglass pictures stacked-20261121-153000 stacked-nodropout-20261121-160000 --out both
                                                        the losses of two runs in one plot, their
                                                        reconstructions of the same images in rows`;

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
    .option('--out <folder>', 'where the pictures of several runs go (default: runs/comparison)')
    .option('--data-dir <folder>', "a folder with the set's IDX files, gzipped or not")
    .option('--offline', 'never use the network')
    .option('--json', 'print the paths as JSON')
    .addHelpText('after', HELP)
    .action(
      async (given: string[], { out = join(RUNS_FOLDER, 'comparison'), json, ...options }: PicturesFlags) => {
        const runs = await Promise.all(given.map(findRun));
        const { compareRuns, redrawPictures } = await import('../runs/index.ts');
        const [run] = runs as [string];
        const files =
          runs.length === 1 ? await redrawPictures(run, options) : await compareRuns(runs, out, options);
        if (json) console.log(JSON.stringify(files, null, 2));
        else for (const file of files) console.log(shown(file));
      },
    );
}
