/** What somebody who misspelt a word may have meant. */
import { closest, distance } from 'fastest-levenshtein';

/** The nearest of `known` words, if it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const best = closest(lower, known as string[]);
  const found = known.find((candidate) => candidate.toLowerCase() === lower) ?? best;
  const near = distance(lower, found.toLowerCase()) <= Math.max(1, Math.floor(Math.max(word.length, found.length) / 3));
  const prefix = lower.length >= 2 && found.toLowerCase().startsWith(lower);
  return near || prefix ? found : undefined;
}
