import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { command } from '../command.ts';
import type { StudioService } from '../studio/server/index.ts';
import { wholeNumber } from './arguments.ts';
import { coloursOf } from './colours.ts';
import { onInterrupt } from './interrupt.ts';
import { outputIsLog, say, tell } from './output.ts';
import { near, shown } from './paths.ts';

const HELP = `
Examples:
  hourglass studio --open               train and explore in the browser; runs are kept in runs/
  hourglass studio --images photos      with a folder of your own images to train on
  hourglass studio --export site        a folder of static files for any web host; everything runs in the page

Each training has a process of its own. Closing the page does not stop it. Ctrl-C stops the trainings with a checkpoint and
ends; a second one ends at once, and the trainings go on.`;

interface StudioFlags {
  host?: string;
  port?: number;
  token?: string;
  allowHost?: string[];
  runs?: string;
  sweeps?: string;
  dataDir?: string;
  images?: string[];
  recipes?: string[];
  open?: boolean;
  export?: string;
}

const repeated = (text: string, before: string[] = []): string[] => [...before, text];

export function studioCommand(): Command {
  return new Command('studio')
    .description('open the page that trains and explores models')
    .option(
      '--host <address>',
      'the address to listen on; beyond loopback a token is required (default: 127.0.0.1)',
    )
    .option('--port <n>', 'the port; 0 takes a free one (default: 8090)', wholeNumber(0))
    .option(
      '--token <token>',
      'the token that browsers must send, as a password (default: HOURGLASS_TOKEN, which other users cannot see)',
    )
    .option(
      '--allow-host <name>',
      'a host name that browsers may use, such as that of a proxy; may be repeated',
      repeated,
    )
    .option('--runs <folder>', 'the folder that holds the run folders (default: runs)')
    .option('--sweeps <folder>', 'the folder that holds the sweeps (default: sweeps)')
    .option('--data-dir <folder>', 'a folder of IDX files, for the data sets with a name')
    .option('--images <folder>', 'a folder of your own images to train on; may be repeated', repeated)
    .option('--recipes <folder>', 'a folder of your own recipes, as JSON files; may be repeated', repeated)
    .option('--open', 'open the page in the browser')
    .option('--export <folder>', 'write the page as static files, which train in the browser, and end')
    .addHelpText('after', HELP)
    .action(async (flags: StudioFlags) => {
      if (flags.export === undefined) return runStudio(flags);
      const { exportSite } = await import('../studio/server/index.ts');
      const count = await exportSite(flags.export);
      say(`${shown(flags.export)}  (${count} files; serve them with any web server)`);
    });
}

async function runStudio({ allowHost, open, export: _, ...flags }: StudioFlags): Promise<void> {
  const { startStudio } = await import('../studio/server/index.ts');
  const token = flags.token ?? (process.env.HOURGLASS_TOKEN || undefined);
  const studio = await startStudio({
    ...flags,
    ...(token === undefined ? {} : { token }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
  });
  outputIsLog();
  // Before the address is printed: who reads it may end the studio at once.
  const end = ended(studio);
  const { dim } = coloursOf(process.stdout);
  say(`${studio.url}${token === undefined ? '' : dim('  (with a token: enter it as the password)')}`);
  if (open) openBrowser(studio.url);
  await end;
}

/** Waits for a signal to end, then for the end. */
function ended(studio: StudioService): Promise<void> {
  return new Promise((resolve, reject) => {
    onInterrupt(() => {
      const count = studio.trained.length;
      if (count > 0) {
        tell(
          `closing: stopping ${count === 1 ? 'the training' : `${count} trainings`} with a checkpoint (again: end at once; they go on) …`,
        );
      }
      studio.close().then((stopped) => {
        for (const folder of stopped)
          tell(`stopped; to continue: ${command('train', '--resume', near(folder))}`);
        resolve();
      }, reject);
    });
  });
}

/** Where there is no browser, the address is printed. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  spawn(program!, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
