/** Suggestions for misspelt words. Every layer may import it, like `errors.ts`. */
import { closest, distance } from 'fastest-levenshtein';

/** The nearest of `known` words, if it is near enough to be the intended one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Longer than any word it could be: not worth the quadratic time.
  if (known.length === 0 || word.length > 100) return undefined;
  const lower = word.toLowerCase();
  const exact = known.find((candidate) => candidate.toLowerCase() === lower);
  // Two letters that changed places are one slip, though two edits.
  const anagram = known.find((candidate) => sorted(candidate) === sorted(word));
  const found = exact ?? anagram ?? closest(lower, known as string[]);
  const allowed = Math.max(1, Math.floor(Math.max(word.length, found.length) / 3));
  const near = distance(lower, found.toLowerCase()) <= Math.max(allowed, found === anagram ? 2 : 0);
  const prefix = lower.length >= 2 && found.toLowerCase().startsWith(lower);
  return near || prefix ? found : undefined;
}

const sorted = (word: string): string => [...word.toLowerCase()].sort().join('');
