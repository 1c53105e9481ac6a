/**
 * Plain English. Each pattern below is a turn of phrase that readers stumbled over; a text in the sources, the documents,
 * the recipes or the examples that has one fails with its file and line, and what to write instead.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLACES = ['src', 'docs', 'recipes', 'examples', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const TEXT = /\.(ts|md|json|py)$/;

const STUMBLES: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\btold of\b/i, 'reported'],
  [/\bwhoever\b/i, 'name the person or program'],
  [
    /(?<!\bthere )\b(is|are) no (setting|run|number|model|file|folder|picture|image|terminal|JSON|NPY|failure)\b/i,
    'is not a …',
  ],
  [/\blearnt\b/i, 'learned'],
  [/\banew\b/i, 'again'],
  [/\bin place of\b/i, 'instead of'],
  [/\bgo(es|ing|ne)? on with\b/i, 'continue'],
  [/\bpassed over\b/i, 'skipped'],
  [/\bunasked\b/i, 'without a request'],
  [/\bspelt out\b/i, 'with every default'],
  [/\bone's own\b/i, 'your own'],
  [/\btaken up again\b/i, 'resumed'],
  [/\bis there already\b/i, 'already exists'],
  [/\bheld against\b/i, 'compared with'],
  [/\bof no use\b/i, 'useless'],
  [/\bwithout a word\b/i, 'silently'],
  [/\bbeside (an?|the|it|its|them|those|each|their)\b/i, 'next to'],
  [
    /^\s*(\/\*\*|\*|\/\/) Of (a|an|the|each|several|some|one|what|those|its|all|whole)\b/,
    'begin with the subject',
  ],
];

function filesIn(place: string): string[] {
  if (TEXT.test(place)) return [place];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && TEXT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const files = PLACES.flatMap((place) => filesIn(join(ROOT, place)));

describe('plain English', () => {
  test('the texts are found', () => {
    expect(files.length).toBeGreaterThan(300);
  });

  test.each(STUMBLES)('nothing says %s: %s', (pattern) => {
    const found = files.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, at) =>
          pattern.test(line) ? [`${relative(ROOT, file)}:${at + 1}: ${line.trim()}`] : [],
        ),
    );
    expect(found).toEqual([]);
  });
});
