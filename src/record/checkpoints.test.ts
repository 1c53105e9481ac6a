import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeSealed, encodeSealed, encodeTensors, type StoredTensors } from '../codecs/sealed.ts';
import { runFiles } from '../store/index.ts';
import { checkpointsOf } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256 = () => createHash('sha256');

const OWN = 'this configuration';

const tensorsOf = (value: number): StoredTensors =>
  new Map([
    ['a.weight', { shape: [2, 3], values: new Float32Array(6).fill(value) }],
    ['a.bias', { shape: [3], values: Float32Array.of(value, -value, Math.fround(1 / 3)) }],
  ]);

const checkpointOf = (step: number) => ({ tensors: tensorsOf(step), position: { step } });
const checkpoints = (configuration = OWN) => checkpointsOf(runFiles(folder), configuration, sha256);
const write = (step: number, configuration = OWN) =>
  checkpoints(configuration).write(step, checkpointOf(step));
const newest = () => checkpoints().newest();
const files = () => readdir(join(folder, 'checkpoints')).then((names) => names.sort());
const pathOf = (step: number) =>
  join(folder, 'checkpoints', `step-${String(step).padStart(9, '0')}.safetensors`);

describe('checkpoints', () => {
  test('come back bit by bit, with the position', async () => {
    const position = { step: 12, sums: { loss: 0.1 + 0.2 }, best: null };
    await checkpoints().write(12, { tensors: tensorsOf(0.1), position });
    const { checkpoint, refused } = await newest();
    expect(checkpoint).toEqual({ tensors: tensorsOf(0.1), position });
    expect(refused).toEqual([]);
  });

  test('a run without any has none', async () =>
    expect(await newest()).toEqual({ checkpoint: null, refused: [] }));

  test('the newest two are kept, also past a thousand million steps', async () => {
    for (const step of [1, 9, 10, 999_999_999, 1_000_000_000]) await write(step);
    expect(await files()).toEqual(['step-1000000000.safetensors', 'step-999999999.safetensors']);
    expect((await newest()).checkpoint).toEqual(checkpointOf(1_000_000_000));
  });

  const damages: [string, (bytes: Buffer) => Uint8Array][] = [
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 5)],
    ['empty', () => new Uint8Array()],
    ['of zeros', (bytes) => new Uint8Array(bytes.length)],
    ['too long', (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
    ['of one wrong bit in its numbers', (bytes) => bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1)],
  ];
  test.each(damages)(
    'one that is %s is skipped for the one before; without one, it is an error',
    async (_, damage) => {
      const spoil = async (step: number) => writeFile(pathOf(step), damage(await readFile(pathOf(step))));
      await write(1);
      await write(2);
      await spoil(2);
      const { checkpoint, refused } = await newest();
      expect(checkpoint).toEqual(checkpointOf(1));
      expect(refused).toEqual([`${pathOf(2)}: is damaged: its checksum is not that of its bytes`]);
      await spoil(1);
      await expect(newest()).rejects.toMatchObject({ kind: 'run' });
      await expect(newest()).rejects.toThrow(
        /checkpoints: no checkpoint can be used \(.+step-000000002.+step-000000001.+\); put back a copy/,
      );
    },
  );

  test('one that was refused does not push out those that follow it', async () => {
    for (const step of [1, 50]) await write(step);
    await writeFile(pathOf(50), '');
    for (const step of [2, 3]) await write(step);
    expect((await newest()).checkpoint).toEqual(checkpointOf(3));
    await writeFile(pathOf(3), '');
    expect((await newest()).checkpoint).toEqual(checkpointOf(2));
  });

  test('one of another configuration is none of this run, however new', async () => {
    await write(1);
    await write(2, 'another');
    const { checkpoint, refused } = await newest();
    expect(checkpoint).toEqual(checkpointOf(1));
    expect(refused).toEqual([
      expect.stringContaining('is of another run: its recipe, seed or images are not'),
    ]);
  });

  test('one that the run cannot use is skipped too', async () => {
    for (const step of [1, 2]) await write(step);
    const { checkpoint, refused } = await checkpoints().newest(async ({ position }) => {
      if ((position as { step: number }).step === 2) throw new Error('not this one');
    });
    expect(checkpoint).toEqual(checkpointOf(1));
    expect(refused).toEqual(['not this one']);
  });

  test('files of other names are left alone', async () => {
    await mkdir(join(folder, 'checkpoints'));
    await writeFile(join(folder, 'checkpoints', 'notes.txt'), 'mine');
    await writeFile(join(folder, 'checkpoints', '.step-000000009.safetensors.1.ab.tmp'), 'half');
    for (const step of [1, 2, 3]) await write(step);
    expect((await newest()).checkpoint).toEqual(checkpointOf(3));
    expect(await files()).toContain('notes.txt');
  });

  test('the best weights come back with their epoch; damaged, missing or of another run it is an error', async () => {
    const best = () => checkpoints().readBest();
    await expect(best()).rejects.toThrow('best.safetensors: is missing');
    await checkpoints().writeBest(tensorsOf(3), 7);
    expect(await best()).toEqual({ weights: tensorsOf(3), epoch: 7 });
    expect((await newest()).checkpoint).toBeNull();
    await checkpoints('another').writeBest(tensorsOf(3), 7);
    await expect(best()).rejects.toThrow('is of another run');
  });
});

describe('a sealed file', () => {
  const sealed = encodeSealed(tensorsOf(0.1), { note: 'ä "quoted"' }, sha256);

  test('is read by any reader of safetensors, and returns what was written', () => {
    const { tensors, metadata } = decodeSealed(sealed, 'file', sha256);
    expect(tensors).toEqual(tensorsOf(0.1));
    expect(metadata).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), note: 'ä "quoted"' });
  });

  test('with any bit changed, or cut anywhere, is damaged', () => {
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = sealed.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => decodeSealed(changed, 'file', sha256)).toThrow('file: is damaged');
        expect(() => decodeSealed(sealed.slice(0, bit >> 3), 'file', sha256)).toThrow('file: is damaged');
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test('without a seal is damaged', () => {
    expect(() => decodeSealed(encodeTensors(tensorsOf(1), {}), 'file', sha256)).toThrow('file: is damaged');
  });
});
