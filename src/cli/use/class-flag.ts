/** `--class` of the commands that use a model. */
import type { Command } from 'commander';
import { HourglassError } from '../../errors.ts';

export interface ClassFlag {
  class?: string;
}

export const withClass = (command: Command, what: string): Command =>
  command.option('--class <name>', `for conditional models: ${what}`);

/** @throws HourglassError for a class with a queue: its workers tell each input's own. */
export function requireNoClass(flags: ClassFlag & { queue?: string | true }): void {
  if (flags.queue === undefined || flags.class === undefined) return;
  throw new HourglassError('usage', {
    subject: '--class',
    rule: 'does not go with --queue: its workers tell a model the class of each input',
  });
}
