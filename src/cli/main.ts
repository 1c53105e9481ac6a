/**
 * The command line. Commands are declared here, and each has a file that does its work; every expected error ends
 * as one line with its documented exit code.
 */
import { Command, CommanderError } from 'commander';
import { EXIT_CODES, HourglassError, OutputClosed } from '../errors.ts';
import { printable } from '../printable.ts';
import { expectedError } from '../system-errors.ts';
import { packageVersion } from '../version.ts';
import { compareCommand } from './compare.ts';
import { dataCommand } from './data.ts';
import { evaluateCommand } from './evaluate.ts';
import { exportCommand } from './export.ts';
import { withExtensions } from './extensions.ts';
import { HELP_STYLE, helpText, helpWidth, withProgramName } from './help.ts';
import { guardOutput, outputWritten } from './output.ts';
import { picturesCommand } from './pictures.ts';
import { recipesCommand } from './recipes.ts';
import { reportCommand } from './report.ts';
import { runsCommand } from './runs.ts';
import { serveCommand } from './serve.ts';
import { studioCommand } from './studio.ts';
import { sweepCommand } from './sweep.ts';
import { sweepsCommand } from './sweeps.ts';
import { trainCommand } from './train.ts';
import { usageError, withKnownHelp } from './usage-error.ts';
import { useCommands } from './use/index.ts';
import { workerCommand } from './worker.ts';

const EXIT_CODE_HELP = `
Exit codes:
  0    success; also if the reader of the output left early, as 'head' does
  1    an unexpected error: a bug, please report it
  ${EXIT_CODES.usage}    a command, flag, recipe or setting that is not valid
  ${EXIT_CODES.data}    data that are missing, damaged or not what they should be
  ${EXIT_CODES.run}    a run that is missing, damaged, busy or cannot be written
  ${EXIT_CODES.diverged}    a loss became NaN or infinite
  ${EXIT_CODES.environment}    an installation or a system that lacks something: a library, memory
  ${EXIT_CODES.interrupted}  stopped by Ctrl-C; 'hourglass train --resume' continues

Start with 'hourglass train': it trains a deep autoencoder on handwritten digits.`;

function program(): Command {
  const root = new Command('hourglass')
    .description('Train autoencoders, look at them, and use them.')
    .version(packageVersion())
    .addHelpText('after', EXIT_CODE_HELP);
  for (const command of [
    trainCommand(),
    sweepCommand(),
    sweepsCommand(),
    workerCommand(),
    evaluateCommand(),
    exportCommand(),
    picturesCommand(),
    reportCommand(),
    serveCommand(),
    studioCommand(),
    compareCommand(),
    recipesCommand(),
    runsCommand(),
    ...useCommands(),
    dataCommand(),
  ]) {
    if (command.name() !== 'data') withExtensions(command);
    root.addCommand(command.copyInheritedSettings(root));
  }
  const helpOn = (out: NodeJS.WriteStream, text: string) =>
    helpText(withProgramName(text, root), helpWidth(out));
  for (const command of [root, ...root.commands, ...root.commands.flatMap((c) => c.commands)]) {
    command
      .configureHelp(HELP_STYLE)
      .exitOverride()
      .configureOutput({
        outputError: (text) => process.stderr.write(oneLine(usageError(text, command, root))),
        getOutHelpWidth: () => helpWidth(process.stdout),
        getErrHelpWidth: () => helpWidth(process.stderr),
        writeOut: (text) => process.stdout.write(helpOn(process.stdout, text)),
        writeErr: (text) => process.stderr.write(helpOn(process.stderr, text)),
      });
  }
  return root;
}

function oneLine(text: string): string {
  return `hourglass: ${printable(text)}\n`;
}

/** Prints an error as a user should see it and returns the exit code. */
function report(thrown: unknown): number {
  const error = expectedError(thrown);
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
  if (error instanceof OutputClosed) return 0;
  if (error instanceof HourglassError) {
    process.stderr.write(oneLine(error.message));
    return error.exitCode;
  }
  process.stderr.write(
    `hourglass: unexpected error; this is a bug\n${error instanceof Error ? error.stack : error}\n`,
  );
  return 1;
}

guardOutput();
try {
  const root = program();
  await root.parseAsync(withKnownHelp(process.argv, root));
  await outputWritten();
} catch (error) {
  process.exitCode = report(error);
}
