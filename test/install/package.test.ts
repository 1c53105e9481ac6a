/** Packs hourglass, installs the tarball into an empty project from the npm registry alone, and uses it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPILERS = { 'typescript-lowest': '5.4', 'typescript-6': '6', 'typescript-newest': 'latest' };

interface Ended {
  code: number;
  output: string;
}

function run(command: string, args: string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    );
  });
}

let project: string;
let files: string[];
let installed: Ended;
const hourglass = (...args: string[]) =>
  run(process.execPath, [join('node_modules', 'hourglass', 'bin', 'hourglass.js'), ...args], project);

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'hourglass-install-'));
  const pack = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], ROOT);
  const [packed] = JSON.parse(pack.output.slice(pack.output.search(/^\[/m))) as [
    { filename: string; files: { path: string }[] },
  ];
  files = packed.files.map(({ path }) => path);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  installed = await run('npm', ['i', join(project, packed.filename)], project);
});

afterAll(() => rm(project, { recursive: true, force: true }));

describe('the package', () => {
  test('holds no build state, no source maps, and every file that README links to', async () => {
    expect(files.filter((file) => /tsbuildinfo|\.map$/.test(file))).toEqual([]);
    const links = [
      ...(await readFile(join(ROOT, 'README.md'), 'utf8')).matchAll(/\]\((?!https?:|#)([^)#]+)/g),
    ];
    const missing = links
      .map(([, link]) => link!)
      .filter((link) => !files.some((file) => file === link || file.startsWith(`${link}/`)));
    expect(missing).toEqual([]);
    expect(files).toContain('examples/pytorch/load.py');
  });

  test('is installed by npm i, without an install script', () => {
    expect(installed.code, installed.output).toBe(0);
    expect(installed.output).not.toContain('install scripts');
    expect(existsSync(join(project, 'node_modules', 'onnxruntime-node'))).toBe(false);
  });

  test('trains and encodes', async () => {
    const code = `
      import { loadModel, openDataset, train } from 'hourglass';
      const run = await train('basic', { data: 'mnist-10k', epochs: 1, out: 'run', tensorboard: 'none' });
      const model = await loadModel(run.folder);
      const { test } = await openDataset('mnist-10k');
      console.log((await model.encode(test.images.subarray(0, 784))).shape.join());
      await model.dispose();`;
    await writeFile(join(project, 'use.js'), code);
    const { code: status, output } = await run(process.execPath, ['use.js'], project);
    expect(status, output).toBe(0);
    expect(output).toContain('1,32');
  });
});

describe('types, strict, without @types/node', () => {
  beforeAll(async () => {
    const names = Object.entries(COMPILERS).map(([name, version]) => `${name}@npm:typescript@${version}`);
    const { code, output } = await run('npm', ['i', '--no-save', '--ignore-scripts', ...names], project);
    expect(code, output).toBe(0);
    const source = `
      import { loadModel, train } from 'hourglass';
      const run = await train('basic', { epochs: 1 });
      export const { shape } = await (await loadModel(run.folder)).encode(new Uint8Array(784));`;
    await writeFile(join(project, 'types.ts'), source);
  });

  test.each(Object.keys(COMPILERS))('%s', async (compiler) => {
    for (const [module, resolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ] as const) {
      const args = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2022'];
      const compile = join('node_modules', compiler, 'bin', 'tsc');
      const settings = [...args, '--module', module, '--moduleResolution', resolution];
      const { code, output } = await run(process.execPath, [compile, ...settings, 'types.ts'], project);
      expect(code, `${module}: ${output}`).toBe(0);
    }
  });
});

describe('a missing native library', () => {
  const without = async (path: string, work: () => Promise<void>) => {
    const file = join(project, 'node_modules', path);
    await rename(file, `${file}.away`);
    await work().finally(() => rename(`${file}.away`, file));
  };

  test.each(['sharp', 'hourglass/vendor/onnxruntime-node/bin'])('%s: recipes and help work', (path) =>
    without(path, async () => {
      for (const command of ['recipes', '--help', '--version']) {
        expect(await hourglass(command)).toMatchObject({ code: 0 });
      }
    }),
  );

  test('ONNX Runtime: training and encoding say so, and do not blame the model', () =>
    without('hourglass/vendor/onnxruntime-node/bin', async () => {
      for (const args of [
        ['train', 'basic', '--data', 'mnist-10k', '--epochs', '1', '--out', 'none'],
        ['encode', 'run', 'mnist-10k:test', '--out', 'codes.npy'],
      ]) {
        const { code, output } = await hourglass(...args);
        expect(output).toContain('ONNX Runtime: cannot be loaded');
        expect(output).not.toContain('bug');
        expect(code).toBe(6);
      }
    }));
});
