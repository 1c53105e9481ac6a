/**
 * Errors a user can act on. Everything that bad input, a damaged file or a diverging run can cause is thrown
 * as a {@link HourglassError}: the command line prints it as one line and exits with its code, and the service answers
 * with a problem. Anything else is a bug and keeps its stack.
 *
 * This module imports nothing; every layer may import it.
 */

/**
 * What went wrong, and with which code the command line exits (documented in docs/guide.md).
 *
 * @example
 * ```ts
 * import { EXIT_CODES, HourglassError, loadModel } from 'hourglass';
 *
 * try {
 *   await loadModel('runs/none');
 * } catch (error) {
 *   if (!(error instanceof HourglassError)) throw error;
 *   console.log(error.kind, EXIT_CODES[error.kind], error.message); // run 4 runs/none: …
 * }
 * ```
 */
export const EXIT_CODES = {
  /** A command, flag, recipe or setting that is not valid. */
  usage: 2,
  /** A data set or file that is missing, damaged or not what it claims to be. */
  data: 3,
  /** A run folder that is missing, damaged, busy or cannot be written. */
  run: 4,
  /** A loss became NaN or infinite. */
  diverged: 5,
  /** The installation or the system lacks something: a file, a native library, memory, open files, a permission. */
  environment: 6,
  /** Stopped by Ctrl-C or SIGTERM; the run can be resumed. */
  interrupted: 130,
} as const;

/** The kinds of expected errors, each with an exit code in {@link EXIT_CODES}. */
export type ErrorKind = keyof typeof EXIT_CODES;

/** What an expected error says, in parts. */
export interface ErrorParts {
  /** What the error is about: a setting, a file, an operator. */
  subject: string;
  /** The rule that was broken, for example "must be positive". */
  rule: string;
  /** The value that broke it, as it is shown. */
  got?: unknown;
  /** A way out, for example "try 0.001". */
  hint?: string;
}

/** An error that a user can act on. Its message has the form `subject: rule, got value; hint`. */
export class HourglassError extends Error {
  /** Always `HourglassError`. */
  override readonly name = 'HourglassError';
  /** What went wrong. */
  readonly kind: ErrorKind;
  /** The message in parts. */
  readonly parts: ErrorParts;

  /** Makes the message of the parts. */
  constructor(kind: ErrorKind, parts: ErrorParts, options?: { cause?: unknown }) {
    const got = parts.got === undefined ? '' : `, got ${show(parts.got)}`;
    const hint = parts.hint === undefined ? '' : `; ${parts.hint}`;
    super(`${parts.subject}: ${parts.rule}${got}${hint}`, options);
    this.kind = kind;
    this.parts = parts;
  }

  /** The code with which the command line exits: {@link EXIT_CODES} of `kind`. */
  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The reader of standard output has gone, as with `| head -1`: the command ends quietly, with exit code 0. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';

  constructor() {
    super('standard output was closed by its reader');
  }
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
