/** The examples do what the README says: compiled as a user would, in a folder of their own, and run. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

/** A project that has hourglass installed: nothing of this repository is reached but through its name. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-example-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules', 'hourglass'), 'junction');
  await symlink(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'), 'junction');
  await symlink(join(root, 'node_modules', 'sharp'), join(folder, 'node_modules', 'sharp'), 'junction');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  const options = {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    // ONNX Runtime's own types need those of the browser.
    skipLibCheck: true,
    noEmitOnError: true,
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['quickstart', 'follow'])('the README shows examples/%s.ts', async (name) => {
  const example = await readFile(join(root, 'examples', `${name}.ts`), 'utf8');
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const [, body] = example.split(' */\n');
  expect(shown).toContain(body);
});

/** Compiles an example in the folder and gives what it prints. */
async function printed(path: string, ...args: string[]): Promise<string> {
  const name = basename(path);
  await copyFile(join(root, 'examples', `${path}.ts`), join(folder, `${name}.ts`));
  const tsc = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc');
  await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(`${name}.ts does not compile:\n${stdout}`);
  });
  return (await run(process.execPath, [`${name}.js`, ...args], { cwd: folder })).stdout;
}

test('examples/quickstart.ts compiles under strict, runs, and reconstructs better than an empty picture', async () => {
  const stdout = await printed('quickstart');
  expect(stdout).toContain('[ 10, 11 ]');
  expect(stdout).toContain('[ 10, 1, 28, 28 ]');
  const error = Number(/squared error\s+([\d.]+)/.exec(stdout)?.[1]);
  // An all-black picture has about 0.11.
  expect(error).toBeLessThan(0.06);
}, 240_000);

test('examples/own-images.ts trains on the pictures it makes, and tells odd ones by their error', async () => {
  const stdout = await printed('own-images');
  const [usual, odd] = ['shapes', 'odd ones'].map((name) =>
    Number(new RegExp(`${name}, median\\s+([\\d.]+)`).exec(stdout)?.[1]),
  );
  expect(odd! / usual!).toBeGreaterThan(1.5);
}, 240_000);

test('examples/shards.ts writes shards, trains on them as they come, stops and resumes', async () => {
  const stdout = await printed('shards', '3', '100');
  expect(stdout).toContain('after one epoch stopped');
  expect(stdout).toContain('test images 100');
  expect(Number(/squared error ([\d.]+) per pixel/.exec(stdout)?.[1])).toBeLessThan(0.2);
}, 240_000);

test('examples/follow.ts follows a training, stops it, goes on with it, and ends in a verdict', async () => {
  const lines = (await printed('follow')).trim().split('\n');
  expect(lines.slice(1, 3).every((line, i) => line.startsWith(`epoch ${i + 1} validation loss 0.`))).toBe(
    true,
  );
  expect(lines.slice(3)).toEqual([
    'stopped',
    expect.stringMatching(/^The model beats .* on 1,000 test images of mnist-10k\.$/),
  ]);
}, 600_000);

test('examples/table finds the planted rows and the column, over HTTP too, and Python has the same numbers', async () => {
  await copyFile(join(root, 'examples', 'table', 'compare.py'), join(folder, 'compare.py'));
  const stdout = await printed('table/table');
  expect(stdout).toContain('flagged 30 of 30 bad parts');
  const [, good] = /flagged (\d+) of 1470 good parts/.exec(stdout)!;
  expect(Number(good)).toBeLessThan(150);
  expect(stdout).toMatch(/"flagged":\[true\],"contributions":\[\[\{"column":"weight"/);
  const parts = [...stdout.matchAll(/^(\w+) in Python: the same numbers/gm)].map(([, part]) => part);
  if (!/^skipped: .* has no onnxruntime$/m.test(stdout))
    expect(parts).toEqual(['encoder', 'decoder', 'autoencoder']);
}, 240_000);

test('examples/arrays trains on arrays, measures its columns, and names the sensor that is stuck', async () => {
  const stdout = await printed('arrays/arrays');
  const r2 = [...stdout.matchAll(/R² ([\d.]+)/g)].map(([, value]) => Number(value));
  expect(r2).toHaveLength(6);
  expect(Math.min(...r2)).toBeGreaterThan(0.9);
  expect(stdout).toMatch(/row 1 is unusual: \S+ mostly column 4/);
}, 240_000);
