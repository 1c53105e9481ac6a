/** The types: strict, with the libraries checked, and without @types/node. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { COMPILERS, run } from './project.ts';

const project = inject('project');

beforeAll(() =>
  writeFile(
    join(project, 'types.ts'),
    `import { loadModel, train } from 'hourglass';
    const run = await train('basic', { epochs: 1 });
    export const { shape } = await (await loadModel(run.folder)).encode(new Uint8Array(784));`,
  ),
);

test.each(
  Object.keys(COMPILERS).flatMap((compiler) => [
    [compiler, 'nodenext', 'nodenext'],
    [compiler, 'esnext', 'bundler'],
  ]),
)('%s, module %s, resolution %s', async (compiler, module, resolution) => {
  const args = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2022'];
  const settings = [...args, '--module', module!, '--moduleResolution', resolution!];
  const tsc = join('node_modules', compiler!, 'bin', 'tsc');
  const { code, output } = await run(process.execPath, [tsc, ...settings, 'types.ts'], project);
  expect(code, output).toBe(0);
});
