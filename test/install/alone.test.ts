/** hourglass-use as a user installs it: one package, without native libraries. */
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { writeModelFolder } from '../support/models.ts';
import { run, useAlone } from './project.ts';

const alone = inject('alone');

test('it is one package, of 16 MB at most', async () => {
  const packages = (await readdir(join(alone, 'node_modules'))).filter((name) => !name.startsWith('.'));
  expect(packages).toEqual(['hourglass-use']);
  const folder = join(alone, 'node_modules', 'hourglass-use');
  const files = await readdir(folder);
  expect(files.filter((file) => /\.node$|\.so|\.dll$|\.dylib$|worker\.js$/.test(file))).toEqual([
    'use-worker.js',
  ]);
  let bytes = 0;
  for (const file of files) bytes += (await stat(join(folder, file))).size;
  expect(bytes).toBeLessThan(16e6);
});

test('it uses a model on Node', async () => {
  await writeModelFolder(join(alone, 'model'), 'variational');
  await writeFile(join(alone, 'use.js'), useAlone('model'));
  const { code, output } = await run(process.execPath, ['use.js'], alone);
  expect(code, output).toBe(0);
  expect(output).toContain('used 1,3 2,3,8,8');
});

test('its types need no other package', async () => {
  await writeFile(
    join(alone, 'types.ts'),
    `import { anomaly, type HourglassError, loadModel, type PageModel, sample } from 'hourglass-use';
    const model: PageModel = await loadModel(new URL('https://example.org/model'));
    export const { shape } = await model.encode(new Uint8Array(784));
    export const scores: Float64Array = (await anomaly(model, new Float32Array(784))).scores;
    export const note: string = (await sample(model, 2)).note;
    export const units: number[] | undefined = model.statistics?.codes.mean;
    export const kind = (error: HourglassError) => error.kind;`,
  );
  const settings = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2022'];
  const tsc = join(inject('project'), 'node_modules', 'typescript-lowest', 'bin', 'tsc');
  const { code, output } = await run(
    process.execPath,
    [tsc, ...settings, '--module', 'nodenext', '--moduleResolution', 'nodenext', 'types.ts'],
    alone,
  );
  expect(code, output).toBe(0);
});
