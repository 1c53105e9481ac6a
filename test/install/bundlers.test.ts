/** The recipe for bundlers in docs/install.md, and what a bundle that contains hourglass says. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { type Ended, run } from './project.ts';

const project = inject('project');

async function bundleAndRun(name: string, options: string[]): Promise<Ended> {
  const file = join('bundles', `${name}.js`);
  const args = ['--bundle', '--platform=node', '--format=esm', ...options, `--outfile=${file}`];
  const { code, output } = await run(
    join('node_modules', '.bin', 'esbuild'),
    [`${name}.ts`, ...args],
    project,
  );
  expect(code, output).toBe(0);
  return run(process.execPath, [file], project);
}

beforeAll(async () => {
  const recipe = `import { loadRecipe } from 'hourglass'; console.log(loadRecipe('basic').name);`;
  await writeFile(join(project, 'external.ts'), recipe);
  // As an object, because a recipe's name is already looked up in the package.
  const file = join(project, 'node_modules', 'hourglass', 'recipes', 'basic.json');
  const { $schema, ...basic } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const calls = {
    recipes: `loadRecipe('basic')`,
    digits: `await openDataset('mnist-10k')`,
    training: `await train(${JSON.stringify(basic)}, { data: 'mnist-10k', epochs: 1 })`,
  };
  for (const [name, call] of Object.entries(calls)) {
    const code = `import { loadRecipe, openDataset, train } from 'hourglass'; void [loadRecipe, openDataset, train];\n${call};`;
    await writeFile(join(project, `${name}.ts`), code);
  }
});

test('a bundle with hourglass external works', async () => {
  const { code, output } = await bundleAndRun('external', ['--external:hourglass']);
  expect(output).toContain('basic');
  expect(code).toBe(0);
});

test.each(['recipes', 'digits', 'training'])(
  'a bundle that contains hourglass says that it must be external: %s',
  async (name) => {
    const natives = ['--external:sharp', '--external:@resvg/resvg-js'];
    const { code, output } = await bundleAndRun(name, natives);
    expect(output).toMatch(
      /is missing, although it comes with hourglass.*keep hourglass external \(docs\/install\.md\)/s,
    );
    expect(code).not.toBe(0);
  },
);
