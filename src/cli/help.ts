/**
 * Help texts in the width of the terminal: commander wraps only the lists of arguments and options. Below them stand
 * paragraphs, lists and examples, whose lines begin with two spaces; an example may have a comment after its command.
 */
import type { Command, Help } from 'commander';
import { programName } from '../command.ts';
import { columnsOf, wrap } from './table.ts';

/** Wider lines are hard to read; in a pipe or a file, this is the width. */
const WIDEST = 100;
const ELSEWHERE = 80;
const GAP = '   ';

/** The width of help on a stream. */
export const helpWidth = (out: NodeJS.WriteStream): number =>
  out.isTTY ? Math.min(out.columns ?? ELSEWHERE, WIDEST) : ELSEWHERE;

/** In the list of commands, `[options]` says nothing: all have some. */
export const HELP_STYLE: Partial<Help> = {
  minWidthToWrap: 16,
  subcommandTerm: (command) =>
    [
      command.name(),
      ...command.registeredArguments.map((one) => {
        const name = one.variadic ? `${one.name()}...` : one.name();
        return one.required ? `<${name}>` : `[${name}]`;
      }),
    ].join(' '),
};

/** Help texts say `hourglass`; the command to type here may be `npx hourglass`. */
export function withProgramName(text: string, root: Command): string {
  const commands = root.commands.map((one) => one.name()).join('|');
  const named = new RegExp(`(?<![\\w/-]|Usage: )hourglass(?=\\s(?:${commands})\\b)`, 'g');
  return text.replace(named, programName());
}

/** Text in lines of at most `width` columns; only an example without a place to break it is longer. */
export function helpText(text: string, width: number): string {
  const blocks = text.split(/\n(?=\n)/);
  return blocks.map((block) => laidOut(block.split('\n'), width).join('\n')).join('\n');
}

function laidOut(lines: readonly string[], width: number): string[] {
  const from = lines.indexOf('Examples:');
  if (from >= 0) return [...lines.slice(0, from + 1), ...examples(lines.slice(from + 1), width)];
  return paragraphs(lines).flatMap((line) => hanging(line, width));
}

/** Lines that begin at the margin and follow each other are one paragraph. */
function paragraphs(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    if (before && /^\S/.test(before) && /^\S/.test(line) && !before.endsWith(':'))
      joined[joined.length - 1] = `${before} ${line}`;
    else joined.push(line);
  }
  return joined;
}

/** A line whose continuation begins below its last column: `  mean   their mean`. */
function hanging(line: string, width: number): string[] {
  if (columnsOf(line) <= width) return [line];
  const [, head = ''] = /^(\s+(?:\S+(?: \S+)*? {2,})?|)/.exec(line) ?? [];
  const [first = '', ...rest] = wrap(line.slice(head.length), Math.max(width - columnsOf(head), 1));
  return [head + first, ...rest.map((part) => ' '.repeat(columnsOf(head)) + part)];
}

/** Commands with their comments on the same line if all fit, otherwise on the next. */
function examples(lines: readonly string[], width: number): string[] {
  const parts: { command: string; comment: string }[] = [];
  for (const line of lines) {
    const comment = /^ {12,}(\S.*)$/.exec(line)?.[1];
    const before = parts.at(-1);
    if (comment !== undefined && before) before.comment = `${before.comment} ${comment}`.trim();
    else {
      const [, command = line, said = ''] = /^(.*?\S)(?: {2,}(\S.*))?$/.exec(line) ?? [];
      parts.push({ command, comment: said });
    }
  }
  const wide = Math.max(0, ...parts.map(({ command, comment }) => (comment === '' ? 0 : columnsOf(command))));
  const beside = parts.every(
    ({ comment }) => comment === '' || wide + GAP.length + columnsOf(comment) <= width,
  );
  return parts.flatMap(({ command, comment }) => {
    if (comment === '') return continued(command, width);
    if (beside) return [command + ' '.repeat(wide - columnsOf(command)) + GAP + comment];
    return [...continued(command, width), ...wrap(comment, width - 6).map((line) => `      ${line}`)];
  });
}

/** A command on several lines, each but the last ending in a backslash: it can be pasted as it is. */
function continued(command: string, width: number): string[] {
  if (columnsOf(command) <= width || command.endsWith('\\')) return [command];
  const lines: string[] = [];
  let line = '';
  for (const part of command.split(/ (?=--|>|\|)/)) {
    const joined = line === '' ? part : `${line} ${part}`;
    if (line === '' || columnsOf(joined) + 2 <= width) line = joined;
    else {
      lines.push(`${line} \\`);
      line = `    ${part}`;
    }
  }
  return [...lines, line];
}
