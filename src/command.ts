/** Commands to print: each works when it is typed or pasted into the shell in which it was printed. */
import { basename, delimiter, dirname } from 'node:path';

/**
 * The program's name. `npx hourglass` works in a clone, in a project that depends on hourglass, and with a global
 * installation. The bare name is printed only if the program was started by it.
 */
export function programName(
  argv1: string | undefined = process.argv[1],
  env: NodeJS.ProcessEnv = process.env,
): string {
  // npx and npm put node_modules/.bin on the PATH of what they start, and of nothing else.
  const byNpm = env.npm_command !== undefined || env.npm_lifecycle_event !== undefined;
  const byName =
    !byNpm &&
    argv1 !== undefined &&
    basename(argv1) === 'hourglass' &&
    (env.PATH ?? '').split(delimiter).includes(dirname(argv1));
  return byName ? 'hourglass' : 'npx hourglass';
}

/** `command('train', '--resume', 'runs/my run')` is "npx hourglass train --resume 'runs/my run'". */
export const command = (...args: readonly string[]): string =>
  [programName(), ...args.map((arg) => shellQuote(arg))].join(' ');

/**
 * One argument for a POSIX shell (sh, bash, zsh) or, on Windows, for cmd.exe and PowerShell. Plain words stay as they
 * are. Control characters become escapes of `$'…'`, so that they cannot act on the terminal that shows the command.
 */
export function shellQuote(argument: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\p{L}\p{N}_@%+:,./-][\p{L}\p{N}_@%+=:,./-]*$/u.test(argument)) return argument;
  if (platform === 'win32') {
    return /^[A-Za-z]:?[\w@+=:,.\\/-]*$/.test(argument) ? argument : `"${argument.replaceAll('"', '\\"')}"`;
  }
  if (!/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(argument)) return `'${argument.replaceAll("'", `'\\''`)}'`;
  const escaped = argument
    .replace(/[\\']/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    );
  return `$'${escaped}'`;
}
