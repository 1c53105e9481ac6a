/** llms.txt, the list of documents for language models: its form (llmstxt.org), and its links. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(ROOT, 'llms.txt'), 'utf8');
const links = [...text.matchAll(/^- \[[^\]]+\]\(([^)]+)\): \S/gm)].map(([, link]) => link!);

describe('llms.txt', () => {
  test('has a title, a summary and sections of links with a line each', () => {
    expect(text).toMatch(/^# hourglass\n\n> \S/);
    const lists = text.split(/^## .+$/m).slice(1);
    expect(lists.length).toBeGreaterThan(2);
    for (const list of lists)
      for (const line of list.trim().split('\n')) expect(line).toMatch(/^- \[[^\]]+\]\([^)]+\): \S/);
  });

  test('links only to files that exist', () => {
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });

  test('names every document in docs', () => {
    const documents = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
    expect(documents.filter((name) => !links.includes(`docs/${name}`))).toEqual([]);
  });

  test('is shipped, and so are the files that it names', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
    // npm always ships README.md.
    const shipped = (path: string) =>
      path === 'README.md' || files.some((each) => path === each || path.startsWith(`${each}/`));
    expect(files).toContain('llms.txt');
    expect(links.filter((link) => !shipped(link))).toEqual([]);
  });
});
