/** What the tarball holds, and that it installs and works. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { expect, inject, test } from 'vitest';
import { run, trainAndEncode } from './project.ts';

const project = inject('project');
const files = inject('files');

test('the tarball holds no build state and no source maps', () => {
  expect(files.filter((file) => /tsbuildinfo|\.map$/.test(file))).toEqual([]);
});

test('the tarball holds every file that its documents link to', async () => {
  const missing: string[] = [];
  for (const document of files.filter((file) => file.endsWith('.md'))) {
    const text = await readFile(join(project, 'node_modules', 'hourglass', document), 'utf8');
    for (const [, link] of text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)) {
      const target = posix.join(posix.dirname(document), link!).replace(/\/$/, '');
      const found = files.some((file) => file === target || file.startsWith(`${target}/`));
      if (!found) missing.push(`${document}: ${link}`);
    }
  }
  expect(missing).toEqual([]);
  expect(files).toContain('examples/pytorch/load.py');
});

test('the program imports Node, itself and the packages that come with it, and no others', async () => {
  const folder = join(project, 'node_modules', 'hourglass');
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const imported = new Set<string>();
  for (const file of files.filter((name) => /^lib\/.*\.js$/.test(name))) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, first, second] of text.matchAll(
      /^import\b[^;]*?"([^."][^"]*)";|\bimport\("([^."][^"]*)"\)/gm,
    )) {
      const name = (first ?? second)!;
      if (!name.startsWith('node:')) imported.add(name.match(/^(@[^/]+\/)?[^/]+/)![0]);
    }
  }
  expect(imported.size).toBeGreaterThan(8);
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...imported]));
});

test('npm i installs it without an install script', () => {
  const { code, output } = inject('installed');
  expect(code, output).toBe(0);
  expect(output).not.toMatch(/hourglass.*install scripts/);
  expect(existsSync(join(project, 'node_modules', 'onnxruntime-node'))).toBe(false);
});

test('it trains and encodes', async () => {
  await writeFile(join(project, 'use.js'), trainAndEncode('run'));
  const { code, output } = await run(process.execPath, ['use.js'], project);
  expect(code, output).toBe(0);
  expect(output).toContain('1,32');
});
