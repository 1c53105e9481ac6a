/** What grows next to its place until it is whole, and why it cannot. */
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { systemReason } from '../system-errors.ts';

/** Where a file or folder grows until it is whole: next to its place, hidden, with the process that writes it. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);

/** A failure of the file system as an expected error; anything else as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const reason = systemReason(error);
  if (reason === undefined || error instanceof HourglassError) return error;
  const { rule, hint = 'choose another folder with --out' } = reason;
  return new HourglassError(
    'run',
    { subject: path, rule: `cannot be written: ${rule}`, hint },
    { cause: error },
  );
}
