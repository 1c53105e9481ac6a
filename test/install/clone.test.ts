/**
 * `npm ci` in a clone, with and without scripts and development dependencies. The clone has the real scripts and program;
 * its packages are stand-ins from its own folder, so that nothing is downloaded, and its build leaves a mark.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, run } from './project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT = join('lib', 'cli', 'main.js');
const TOOLS = ['typescript-7', 'assemblyscript', 'rolldown'];

let folder: string;
const npm = (...args: string[]): Promise<Ended> => run('npm', args, folder);
const ci = (...args: string[]): Promise<Ended> => npm('ci', '--offline', '--no-audit', '--no-fund', ...args);
const program = (): Promise<Ended> =>
  run(process.execPath, [join('bin', 'hourglass.js'), '--version'], folder);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-clone-'));
  for (const part of ['bin', 'scripts']) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  const { scripts, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const standIn = async (name: string) => {
    await mkdir(join(folder, 'packages', name), { recursive: true });
    await writeFile(
      join(folder, 'packages', name, 'package.json'),
      JSON.stringify({ name, version: '1.0.0' }),
    );
    return [name, `file:packages/${name}`];
  };
  const build = `${scripts.build.split(' && ')[0]} && node build.js`;
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'hourglass',
      version,
      type: 'module',
      scripts: { ...scripts, build },
      dependencies: Object.fromEntries([await standIn('zod')]),
      devDependencies: Object.fromEntries(await Promise.all(TOOLS.map(standIn))),
    }),
  );
  await writeFile(
    join(folder, 'build.js'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
    mkdirSync('lib/cli', { recursive: true });
    writeFileSync('lib/cli/main.js', 'console.log("it runs")');`,
  );
  const { code, output } = await npm('install', '--package-lock-only', '--offline');
  expect(code, output).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('npm ci builds', async () => {
  const { code, output } = await ci();
  expect(code, output).toBe(0);
  expect(await program()).toEqual({ code: 0, output: 'it runs\n' });
  // Where there is a build, the packages of the tools may go.
  expect(await npm('prune', '--omit=dev', '--offline')).toMatchObject({ code: 0 });
  expect(await program()).toMatchObject({ code: 0 });
});

test('npm ci --ignore-scripts works, and the program says what is missing; npm run build is enough', async () => {
  await rm(join(folder, 'lib'), { recursive: true, force: true });
  const { code, output } = await ci('--ignore-scripts');
  expect(code, output).toBe(0);
  expect(existsSync(join(folder, BUILT))).toBe(false);
  const unbuilt = { code: 6, output: 'hourglass: not built: run npm ci && npm run build in its folder\n' };
  expect(await program()).toEqual(unbuilt);
  expect((await npm('start')).output).toContain(unbuilt.output);
  expect(await npm('run', 'build')).toMatchObject({ code: 0 });
  expect(await program()).toMatchObject({ code: 0 });
});

test('npm ci --omit=dev works, and says that it does not build and what would', async () => {
  await rm(join(folder, 'lib'), { recursive: true, force: true });
  // npm shows the output of this script, where it does, in the foreground only.
  const { code, output } = await ci('--omit=dev', '--foreground-scripts');
  expect(code, output).toBe(0);
  expect(output).toContain('not built, because the build tools are development dependencies');
  expect(await program()).toMatchObject({ code: 6 });
  const built = await npm('run', 'build');
  expect([built.code, built.output]).toEqual([1, expect.stringContaining('run npm ci\n')]);
});
