/** The walk of examples/: from a folder of pictures to a served model, as a person would go it. */
import { execFile, spawnSync } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { decodePng } from '../../src/codecs/png.ts';
import { temporaryFolder } from '../support/program.ts';

const walk = fileURLToPath(new URL('../../examples/walk/walk.sh', import.meta.url));
const hasTools = ['bash', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);

test.skipIf(!hasTools)(
  'examples/walk/walk.sh finds the odd ones, exports, and serves (needs bash and curl)',
  async () => {
    const folder = await temporaryFolder();
    try {
      const { stdout } = await promisify(execFile)('bash', [walk, folder], {
        env: { ...process.env, HOURGLASS_OFFLINE: '1', HOURGLASS_CACHE: join(folder, 'cache') },
      });
      const [, highest] = stdout.split('the six highest scores\n');
      const worst = highest!.split('\n').slice(0, 5);
      expect(worst.map((line) => line.split(',')[0]!).sort()).toEqual(
        [0, 1, 2, 3, 4].map((n) => `line/odd-${n}.png`),
      );
      expect(stdout).toContain('"flagged":[true]');
      expect((await readdir(join(folder, 'exported'))).sort()).toEqual([
        'autoencoder.onnx',
        'decoder.onnx',
        'encoder.onnx',
        'sampler-codes.onnx',
        'statistics.json',
        'weights.safetensors',
      ]);
      const picture = decodePng(await readFile(join(folder, 'reconstruction.png')), 'reconstruction.png');
      expect(picture).toMatchObject({ width: 32, height: 32 });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  240_000,
);
