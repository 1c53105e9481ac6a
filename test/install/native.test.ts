/** A native library that is missing. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { PROGRAM, run } from './project.ts';

const project = inject('project');
const RUNTIME = 'hourglass/vendor/onnxruntime-node/bin';
const hourglass = (...args: string[]) => run(process.execPath, [PROGRAM, ...args], project);

async function without(path: string, work: () => Promise<unknown>): Promise<void> {
  const file = join(project, 'node_modules', path);
  await rename(file, `${file}.away`);
  await work().finally(() => rename(`${file}.away`, file));
}

test.each(['sharp', RUNTIME])('%s: recipes and help work', (path) =>
  without(path, () =>
    Promise.all(
      ['recipes', '--help', '--version'].map(async (command) =>
        expect(await hourglass(command)).toMatchObject({ code: 0 }),
      ),
    ),
  ),
);

test('ONNX Runtime: training and encoding say so, and do not blame the model', () =>
  without(RUNTIME, async () => {
    // `train` without a run, `encode` with any folder: neither gets as far as its files.
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
