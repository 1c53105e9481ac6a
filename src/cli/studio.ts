import { Command } from 'commander';
import { HourglassError } from '../errors.ts';
import { say } from './output.ts';
import { shown } from './paths.ts';

const HELP = `
Examples:
  hourglass studio --export site        a folder of static files for any web host; everything runs in the page`;

interface StudioFlags {
  export?: string;
}

export function studioCommand(): Command {
  return new Command('studio')
    .description('open the page that trains and explores models')
    .option('--export <folder>', 'write the page as static files, which train in the browser, and end')
    .addHelpText('after', HELP)
    .action(async (flags: StudioFlags) => {
      const { exportSite } = await import('../studio/server/index.ts');
      if (flags.export === undefined) {
        throw new HourglassError('usage', { subject: 'studio', rule: 'needs --export <folder> for now' });
      }
      const count = await exportSite(flags.export);
      say(`${shown(flags.export)}  (${count} files; serve them with any web server)`);
    });
}
