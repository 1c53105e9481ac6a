/** What a visitor waits for: the page without the engine. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const PAGE = fileURLToPath(new URL('../../dist/studio-page/', import.meta.url));
/** Bytes, gzipped. */
const MOST = 120_000;

/** The files that are loaded at once: the page, its style, its script and what that imports without being asked. */
function firstFiles(): Set<string> {
  const files = new Set(['index.html', 'studio.css', 'studio.js']);
  for (const name of files) {
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(PAGE + name, 'utf8');
    for (const [, found] of text.matchAll(/(?:from|import)\s*["']\.\/([^"'/]+\.js)["']/g)) files.add(found!);
  }
  return files;
}

test('the first page has at most 120 kB compressed, without the engine', () => {
  const sizes = [...firstFiles()].map((name) => gzipSync(readFileSync(PAGE + name)).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST);
});
