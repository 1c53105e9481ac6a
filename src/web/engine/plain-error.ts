/** Errors as plain data: a posted HourglassError would lose its kind and its parts. */
import { type ErrorKind, type ErrorParts, HourglassError } from '../../errors.ts';

export type PlainError =
  | { isExpected: true; kind: ErrorKind; parts: ErrorParts }
  | { isExpected: false; name: string; message: string; stack: string | undefined };

export function plainError(thrown: unknown): PlainError {
  if (thrown instanceof HourglassError) return { isExpected: true, kind: thrown.kind, parts: thrown.parts };
  const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { isExpected: false, name, message, stack };
}

export function thrownAgain(plain: PlainError): Error {
  if (plain.isExpected) return new HourglassError(plain.kind, plain.parts);
  const error = new Error(plain.message);
  error.name = plain.name;
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}
