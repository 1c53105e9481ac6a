/**
 * Code in README and docs: TypeScript compiles against the public types, JSON parses, other languages have no slips of syntax.
 * The examples of the reference also run.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDataset, train } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, DOCUMENTS, REFERENCE, ROOT } from './documents.ts';
import { shapes } from './material.ts';

const run = promisify(execFile);
const BLOCKS = DOCUMENTS.flatMap(blocksOf);
const EXAMPLES = REFERENCE.flatMap(blocksOf);
const inLanguage = (language: string): Block[] => BLOCKS.filter((block) => block.language === language);
const placeOf = ({ document, line }: Block): string => `${document}:${line}`;
const moduleOf = ({ document, line }: Block): string => `${document.replaceAll('/', '-')}-${line}`;

/** Commands are in commands.test.ts. C# is not checked, which docs/export.md says. */
test('every block is in a language that is checked', () => {
  const checked = new Set(['', 'sh', 'ts', 'js', 'json', 'html', 'python', 'csharp']);
  expect(BLOCKS.filter(({ language }) => !checked.has(language)).map(placeOf)).toEqual([]);
  expect(EXAMPLES.filter(({ language }) => language !== 'ts').map(placeOf)).toEqual([]);
});

describe('TypeScript', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hourglass-code-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('compiles, strictly, in a project that has hourglass installed', async () => {
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules', 'hourglass'), 'junction');
    await symlink(join(ROOT, 'node_modules', '@types'), join(folder, 'node_modules', '@types'), 'junction');
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const blocks = [...inLanguage('ts'), ...EXAMPLES];
    expect(blocks.length).toBeGreaterThan(25);
    for (const block of blocks) {
      // Line numbers in errors are the document's own. A block without imports is a module, too.
      const above = '\n'.repeat(block.line - 1);
      await writeFile(join(folder, `${moduleOf(block)}.ts`), `${above}${block.code}\nexport {};\n`);
    }
    const tsc = join(ROOT, 'node_modules', 'typescript-7', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });

  describe('of the reference runs, with the runs that it names', () => {
    beforeAll(async () => {
      await shapes(join(folder, 'photos'), 2);
      const brief = { data: 'mnist-10k', epochs: 1, threads: 1, tensorboard: 'none' } as const;
      const out = (name: string) => join(folder, 'runs', name);
      await train('basic', { ...brief, out: out('digits') });
      await train('vae', { ...brief, out: out('vae') });
      const noise = { 'corruption.type': 'gaussian', 'corruption.sigma': 0.4 };
      await train('basic', { ...brief, out: out('denoiser'), set: noise });
      // Few digits: an epoch of all takes it half a minute.
      const { train: digits } = await openDataset('mnist-10k');
      const few = { train: digits.images.subarray(0, 300 * 28 * 28), shape: [28, 28] };
      await train('vq', { ...brief, data: few, out: out('vq') });
    }, 600_000);

    // Those of hourglass/web run in a page.
    const here = EXAMPLES.filter(({ code }) => !code.includes("from 'hourglass/web'"));
    test.each(here)('$document', async (block) => {
      const { stdout } = await run(process.execPath, [`${moduleOf(block)}.js`], { cwd: folder });
      expect(stdout).not.toBe('');
    });
  });
});

test.each(inLanguage('json'))('$document:$line parses as JSON', ({ code }) => {
  expect(() => JSON.parse(code)).not.toThrow();
});

test.each(inLanguage('html'))('$document:$line has a script without slips', ({ code }) => {
  const script = /<script type="module">(.*)<\/script>/s.exec(code)?.[1];
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check', '-'], { input: script });
  expect(String(stderr)).toBe('');
});

test.each(inLanguage('js'))('$document:$line is a module without slips', ({ code }) => {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check', '-'], { input: code });
  expect(String(stderr)).toBe('');
});

const PYTHON = process.env.HOURGLASS_PYTHON ?? 'python3';
const hasPython = spawnSync(PYTHON, ['--version']).status === 0;
test.skipIf(!hasPython).each(inLanguage('python'))(
  '$document:$line has no slips (needs Python)',
  ({ code }) => {
    const check = 'import ast, sys; ast.parse(sys.stdin.read())';
    const { stderr } = spawnSync(PYTHON, ['-c', check], { input: code });
    expect(String(stderr)).toBe('');
  },
);
