/** Parses the values of flags, with errors that say what is allowed. */
import { InvalidArgumentError } from 'commander';

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    }
    if (value > most) throw new InvalidArgumentError(`It must be at most ${most.toLocaleString('en')}.`);
    return value;
  };
}

/**
 * Collects `path=value` flags. A value that is valid JSON (a number, true, null, a list) is parsed; anything else is
 * text. The recipe's schema checks its type.
 */
export function collectSetting(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at <= 0) {
    throw new InvalidArgumentError('It must be path=value, for example training.batchSize=64.');
  }
  const raw = text.slice(at + 1);
  let value: unknown = raw;
  try {
    value = JSON.parse(raw);
  } catch {
    // Not JSON: the text itself.
  }
  return { ...before, [text.slice(0, at)]: value };
}
