/**
 * Once for all tests of this folder: packs hourglass and installs the tarball in an empty project, with the compilers and
 * the bundler that the tests run, and hourglass-use in another one. The tarball of hourglass holds this machine's native libraries only, which saves most of the time.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type Ended, run, TOOLS } from './project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LIBRARIES = join('vendor', 'onnxruntime-node', 'bin', 'napi-v6');
const OURS = join(LIBRARIES, process.platform, process.arch);

declare module 'vitest' {
  interface ProvidedContext {
    project: string;
    /** Paths of the files in the tarball. */
    files: string[];
    installed: Ended;
    /** A project that has hourglass-use, and nothing else. */
    alone: string;
  }
}

/** Whether `path`, relative to the root, is copied: everything but the native libraries of other machines. */
const isPacked = (path: string) =>
  !path.startsWith(LIBRARIES) || OURS.startsWith(path) || path.startsWith(OURS);

async function pack(folder: string): Promise<{ filename: string; files: { path: string }[] }> {
  const copy = join(folder, 'hourglass');
  const { files } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  // What is left out by a pattern is copied with its folder, and npm leaves it out.
  const listed = files
    .filter((pattern) => !pattern.startsWith('!'))
    .map((pattern) => pattern.replace(/\/\*.*/, ''));
  for (const entry of new Set([...listed, 'package.json', 'README.md', 'LICENSE'])) {
    const filter = (source: string) => isPacked(relative(ROOT, source));
    await cp(join(ROOT, entry), join(copy, entry), { recursive: true, filter });
  }
  const { output } = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    copy,
  );
  await rm(copy, { recursive: true });
  return JSON.parse(output.slice(output.search(/^\[/m)))[0];
}

/** Installs hourglass-use, as `npm run pack:use` makes it, in an empty project. */
async function installAlone(): Promise<string> {
  const alone = await mkdtemp(join(tmpdir(), 'hourglass-alone-'));
  const made = await run(
    process.execPath,
    [join(ROOT, 'scripts', 'use-package.js'), join(alone, 'made')],
    alone,
  );
  const packed = await run('npm', ['pack', './made'], alone);
  await writeFile(join(alone, 'package.json'), '{ "private": true, "type": "module" }');
  const tarball = packed.output.match(/hourglass-use-.*\.tgz/)?.[0] ?? '';
  const installed = await run('npm', ['i', '--offline', `./${tarball}`], alone);
  for (const { code, output } of [made, packed, installed]) if (code !== 0) throw new Error(output);
  return alone;
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const project = await mkdtemp(join(tmpdir(), 'hourglass-install-'));
  const { filename, files } = await pack(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const installed = await run('npm', ['i', '--prefer-offline', `./${filename}`, ...TOOLS], project);
  provide('project', project);
  provide(
    'files',
    files.map(({ path }) => path),
  );
  provide('installed', installed);
  const alone = await installAlone();
  provide('alone', alone);
  return async () => {
    for (const folder of [project, alone]) await rm(folder, { recursive: true, force: true });
  };
}
