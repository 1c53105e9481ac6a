/** The types: strict, with the libraries checked, and without @types/node. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { COMPILERS, run } from './project.ts';

const project = inject('project');

beforeAll(async () => {
  await writeFile(
    join(project, 'types.ts'),
    `import { loadModel, train } from 'hourglass';
    const run = await train('basic', { epochs: 1 });
    export const { shape } = await (await loadModel(run.folder)).encode(new Uint8Array(784));`,
  );
  await writeFile(
    join(project, 'web-types.ts'),
    `import { loadModel, sample, train } from 'hourglass/web';
    const run = await train('vae', { data: 'mnist-10k', onEvent: ({ type }) => console.log(type) });
    const model = await loadModel(run.model);
    const context = document.createElement('canvas').getContext('2d')!;
    export const { shape } = await model.reconstruct(context.getImageData(0, 0, 28, 28));
    export const codes = [await model.encode(context.canvas), await model.encode(new Uint8Array(784))];
    export const files = [await loadModel('/model'), await loadModel(new File([], 'encoder.onnx'))];
    export const { note } = await sample(model, 16, 7);`,
  );
  await writeFile(
    join(project, 'use-types.ts'),
    `import { anomaly, HourglassError, loadModel, manifold } from 'hourglass/use';
    const model = await loadModel('model');
    const context = document.createElement('canvas').getContext('2d')!;
    export const { shape } = await model.reconstruct(context.canvas);
    export const { x }: { x: readonly number[] } = await manifold(model, 20);
    export const { flagged } = await anomaly(model, [context.getImageData(0, 0, 28, 28)]);
    export const isOurs = (error: unknown) => error instanceof HourglassError && error.kind === 'data';`,
  );
});

test.each(
  Object.keys(COMPILERS).flatMap((compiler) => [
    [compiler, 'nodenext', 'nodenext'],
    [compiler, 'esnext', 'bundler'],
  ]),
)('%s, module %s, resolution %s', async (compiler, module, resolution) => {
  const args = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2022'];
  const settings = [...args, '--module', module!, '--moduleResolution', resolution!];
  const tsc = join('node_modules', compiler!, 'bin', 'tsc');
  const { code, output } = await run(
    process.execPath,
    [tsc, ...settings, 'types.ts', 'web-types.ts', 'use-types.ts'],
    project,
  );
  expect(code, output).toBe(0);
});
