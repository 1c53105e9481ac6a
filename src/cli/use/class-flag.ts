/** `--class` of the commands that use a model. */
import type { Command } from 'commander';

export interface ClassFlag {
  class?: string;
}

export const withClass = (command: Command, what: string): Command =>
  command.option('--class <name>', `for conditional models: ${what}`);
