/**
 * What the commands print. Output that fails never ends the work: a training and a service continue without their log,
 * and a command whose reader has left (`| head -1`) ends quietly.
 */
import { HourglassError } from '../errors.ts';
import { printable, printableJson } from '../printable.ts';
import { unwritable } from '../store/index.ts';
import { widthOf, wrap } from './table.ts';

type Stream = NodeJS.WriteStream;
type Written = (error?: Error | null) => void;

/** The first failure of each stream. */
const failures = new Map<Stream, NodeJS.ErrnoException>();
let isLog = false;

/** Declares that standard output is a log of the work, not its result: losing it is not a failure. */
export function outputIsLog(): void {
  isLog = true;
}

/** Makes both streams drop what they cannot write. Call it once, before anything is printed. */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) guard(stream);
}

function guard(stream: Stream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const failed = (error: NodeJS.ErrnoException) => {
    if (failures.has(stream)) return;
    failures.set(stream, error);
    if (stream === process.stdout && isLog && error.code !== 'EPIPE') {
      process.stderr.write(`${logLost(error)}\n`);
    }
  };
  // Every write of this program and its libraries passes here, including `console` and progress bars.
  stream.write = ((...args: unknown[]): boolean => {
    const done = args.findLast((arg) => typeof arg === 'function') as Written | undefined;
    const lost = (error: Error) => {
      if (done !== undefined) process.nextTick(done, error);
      return true;
    };
    const before = failures.get(stream);
    // A reader that has gone does not come back; a full disk may have room again.
    if (before?.code === 'EPIPE') return lost(before);
    try {
      return write(...args);
    } catch (error) {
      failed(error as NodeJS.ErrnoException);
      return lost(error as Error);
    }
  }) as Stream['write'];
  stream.on('error', failed);
}

function logLost(error: NodeJS.ErrnoException): string {
  const why = unwritable('standard output', error);
  const { rule } =
    why instanceof HourglassError ? why.parts : { rule: `cannot be written: ${error.message}` };
  return `hourglass: standard output ${rule}; its lines are dropped, and the work continues`;
}

/** Waits for what was printed; @throws HourglassError if a command's result could not be printed. */
export async function outputWritten(): Promise<void> {
  await new Promise<void>((written) => process.stdout.write('', () => written()));
  const failure = failures.get(process.stdout);
  if (failure === undefined || failure.code === 'EPIPE' || isLog) return;
  const error = unwritable('standard output', failure);
  throw error instanceof HourglassError
    ? new HourglassError('run', { subject: 'standard output', rule: error.parts.rule })
    : new HourglassError('run', {
        subject: 'standard output',
        rule: `cannot be written: ${failure.message}`,
      });
}

/** Removes every control sequence except colours; a line break within the line becomes a space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character
const COLOUR = /(\u001b\[[0-9;]*m)/;

/** A line that cannot control the terminal, except for colours. */
export const lineOf = (text: string): string =>
  text
    .split(COLOUR)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join('');

/** Prints lines to standard output. */
export function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${lineOf(line)}\n`);
}

/** Prints a text for people to standard error, apart from results, which go to standard output. */
export function tell(text: string): void {
  for (const line of wrap(text, widthOf(process.stderr))) process.stderr.write(`${lineOf(line)}\n`);
}

/** Prints a value as JSON to standard output. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${printableJson(value, 2)}\n`);
}
