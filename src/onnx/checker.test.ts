/** The reference checker of ONNX itself accepts what encodeModel writes, where it is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modelsOfEveryOperator } from '../../test/reference/models.ts';
import { lacking, PYTHON } from '../../test/support/python.ts';
import { add, constant, input, reduceSum, reshape, type Sym, tanh } from '../graph/index.ts';
import { encodeModel, type ModelParts } from './index.ts';

const why = lacking('onnx');

/** Checks every file it is given, and says which is bad. */
const SCRIPT = `
import sys, onnx
for file in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(file), full_check=True)
    except Exception as error:
        print(file, error)
`;

function models(): { text: string; parts: ModelParts }[] {
  const x = input('x', ['N', 3]);
  const z = input('z', [2, 'N', 'M']);
  const w = input('w', [3]);
  const y = tanh(x);
  const named = (text: string, outputs: Record<string, Sym>, more: Partial<ModelParts> = {}) => ({
    text,
    parts: { name: text, inputs: { x, z }, outputs, ...more },
  });
  return [
    ...modelsOfEveryOperator(6),
    named('passed through', { a: y, b: y, c: x, d: constant(1), e: constant([1, 2], [2]) }),
    named('ones moved', { a: reshape(reduceSum(z, [0]), [1, 'N', 'M']), b: reshape(z, [1, 2, 'N', 'M']) }),
    named(
      'weights',
      { a: add(x, w) },
      { weights: new Map([[w, new Float32Array(3)]]), metadata: { a: 'b' } },
    ),
  ];
}

describe.skipIf(why !== undefined)(`onnx.checker${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('accepts models of every operator, their gradients and what is passed through', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-onnx-'));
    try {
      const files = models().map(({ parts, text }, i) => {
        const file = join(folder, `${i}.onnx`);
        writeFileSync(file, encodeModel(parts));
        return { file, text };
      });
      const run = spawnSync(PYTHON!, ['-c', SCRIPT, ...files.map(({ file }) => file)], { encoding: 'utf8' });
      const complaints = files.reduce((told, { file, text }) => told.replace(file, text), run.stdout);
      expect(`${complaints}${run.stderr}`).toBe('');
      expect(run.status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
