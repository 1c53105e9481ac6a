/** The distribution of codes as files: `encode --posterior`, `encode --samples` and `reconstruct --samples`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { encodeCommand } from '../src/cli/use/encode.ts';
import { reconstructCommand } from '../src/cli/use/reconstruct.ts';
import { decodeNpy, encodeNpy } from '../src/codecs/npy.ts';
import type { Model } from '../src/model/model.ts';
import { loadModel } from '../src/node/load-model.ts';
import { writeModelFolder } from './support/models.ts';

const UNITS = 3;
const COUNT = 5;
const SIZE = 3 * 8 * 8;
const PICTURES = Uint8Array.from({ length: COUNT * SIZE }, (_, i) => (i * 37) % 256);

let folder: string;
let model: Model;
/** The images as the model takes them: channels first. */
let images: Uint8Array;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-posterior-output-'));
  for (const name of ['variational', 'dense'] as const) await writeModelFolder(at(name), name);
  await writeFile(at('images.npy'), encodeNpy({ shape: [COUNT, 8, 8, 3], data: PICTURES }));
  images = Uint8Array.from({ length: COUNT * SIZE }, (_, i) => {
    const [n, c, pixel] = [Math.floor(i / SIZE), Math.floor((i % SIZE) / 64), i % 64];
    return PICTURES[n * SIZE + pixel * 3 + c]!;
  });
  model = await loadModel(at('variational'), { threads: 1 });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await model.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command on the images; `out` is a file of the folder. */
async function command(make: () => Command, out: string, ...flags: string[]): Promise<void> {
  const given = [at('variational'), at('images.npy'), '--threads', '1', '--out', at(out), ...flags];
  await make().exitOverride().parseAsync(given, { from: 'user' });
}
const npy = async (name: string) => decodeNpy(await readFile(at(name)), name);

test('--posterior writes means and log-variances, as every format', async () => {
  const { mean, logVariance } = await model.posterior(images);
  const row = ({ data }: { data: Float32Array }, n: number) => data.slice(n * UNITS, (n + 1) * UNITS);
  await command(encodeCommand, 'p.npy', '--posterior', '--batch', '2');
  const { shape, data } = await npy('p.npy');
  expect(shape).toEqual([COUNT, 2, UNITS]);
  for (let n = 0; n < COUNT; n++) {
    expect(data.slice(2 * n * UNITS, (2 * n + 1) * UNITS)).toEqual(row(mean, n));
    expect(data.slice((2 * n + 1) * UNITS, (2 * n + 2) * UNITS)).toEqual(row(logVariance, n));
  }
  await command(encodeCommand, 'p.csv', '--posterior');
  const [head, first] = (await readFile(at('p.csv'), 'utf8')).split('\n');
  expect(head!.trim()).toBe('name,class,mean1,mean2,mean3,logVariance1,logVariance2,logVariance3');
  const expected = [...row(mean, 0), ...row(logVariance, 0)];
  expect(
    first!
      .split(',')
      .slice(2)
      .map((text) => Math.fround(Number(text))),
  ).toEqual(expected);
  await command(encodeCommand, 'p.jsonl', '--posterior');
  const [line] = (await readFile(at('p.jsonl'), 'utf8')).split('\n');
  expect(Object.keys(JSON.parse(line!))).toEqual(['name', 'class', 'mean', 'logVariance']);
  await command(encodeCommand, 'p.parquet', '--posterior');
  const file = await readFile(at('p.parquet'));
  const rows = await parquetReadObjects({
    file: file.buffer.slice(file.byteOffset, file.byteOffset + file.length),
  });
  expect(rows.map((one) => [...one.mean])).toEqual(rows.map((_, n) => [...row(mean, n)]));
  expect(rows.map((one) => [...one.logVariance])).toEqual(rows.map((_, n) => [...row(logVariance, n)]));
});

test('--samples draws codes of each image in turn, whatever the batch', async () => {
  const drawn = await model.drawPosterior(images, { count: 4, seed: 7 });
  await command(encodeCommand, 's.npy', '--samples', '4', '--seed', '7', '--batch', '2');
  expect(await npy('s.npy')).toMatchObject({ shape: [COUNT * 4, UNITS], data: drawn.data });
  await command(encodeCommand, 's.csv', '--samples', '2', '--limit', '3');
  const lines = (await readFile(at('s.csv'), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(7);
  expect(lines.slice(1, 4).map((line) => line.split(',')[0]!.slice(-2))).toEqual(['#1', '#2', '#1']);
});

test('reconstruct --samples decodes such codes', async () => {
  const drawn = await model.drawPosterior(images, { count: 3, seed: 2 });
  await command(reconstructCommand, 'r.npy', '--samples', '3', '--seed', '2', '--batch', '2');
  const { data } = await model.decode(drawn.data);
  const written = await npy('r.npy');
  expect(written.shape).toEqual([COUNT * 3, 3, 8, 8]);
  expect(written.data).toEqual(data);
  await command(reconstructCommand, 'r.png', '--samples', '3');
  expect((await readFile(at('r.png'))).length).toBeGreaterThan(1000);
});

test('what does not go together is refused', async () => {
  await expect(command(encodeCommand, 'x.npy', '--posterior', '--samples', '2')).rejects.toThrow(
    'give one of them',
  );
  await expect(command(encodeCommand, 'x.npy', '--seed', '2')).rejects.toThrow('--seed: is for --samples');
  const plain = [at('dense'), at('images.npy'), '--out', at('x.npy'), '--posterior'];
  await expect(encodeCommand().parseAsync(plain, { from: 'user' })).rejects.toThrow(
    'needs a variational model',
  );
});
