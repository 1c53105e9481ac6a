/** Errors of the command line itself, on one line and with a way out. */
import type { Command } from 'commander';
import { programName } from '../command.ts';

/** Commander's "error: unknown command 'trian'\n(Did you mean train?)" as a line; without a suggestion, where to look. */
export function usageError(text: string, command: Command, root: Command): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .replace(/(?<=got \d+)\.$/, '');
  if (/Did you mean|is invalid/.test(line)) return line;
  const [, option] = /^unknown option '(--[^'=]+)/.exec(line) ?? [];
  const owners = root.commands.filter((one) => one.options.some(({ long }) => long === option));
  if (option !== undefined && owners.length > 0) {
    const few = owners.length <= 3 ? owners.map((one) => one.name()).join(', ') : 'other commands';
    return `${line}: it belongs to ${few}; see: ${helpOf(command, root)}`;
  }
  return `${line}; see: ${helpOf(command, root)}`;
}

/** `npx hourglass runs tag --help` */
function helpOf(command: Command, root: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one !== null && one !== root; one = one.parent)
    names.unshift(one.name());
  return [programName(), ...names, '--help'].join(' ');
}

/** Without this, `help trian` prints a help without commands. `trian` alone is an unknown command, with a suggestion. */
export function withKnownHelp(argv: readonly string[], root: Command): string[] {
  const [node, script, help, asked] = argv as [string, string, string?, string?];
  const isUnknown = help === 'help' && asked !== undefined && !asked.startsWith('-');
  return isUnknown && !root.commands.some((one) => one.name() === asked) ? [node, script, asked] : [...argv];
}
