import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeIdx } from '../codecs/idx.ts';
import type { LabelledImages } from './dataset.ts';
import { embeddedFile, openEmbedded } from './embedded.ts';

function byClass({ labels }: LabelledImages): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

describe('mnist-10k', () => {
  test('is split 8,000 / 1,000 / 1,000, each digit in proportion, mixed and fixed', async () => {
    const set = await openEmbedded();
    expect(set).toMatchObject({ name: 'mnist-10k', height: 28, width: 28, channels: 1 });
    const splits = [set.train, set.validation!, set.test];
    expect(splits.map((split) => [split.count, split.labels.length, split.images.length / 784])).toEqual(
      [8000, 1000, 1000].map((count) => [count, count, count]),
    );
    expect(byClass(set.test)).toEqual([100, 113, 99, 103, 98, 86, 102, 107, 94, 98]);
    expect(byClass(set.validation!)).toEqual(byClass(set.test));
    expect(new Set(set.train.labels.subarray(0, 100)).size).toBe(10);
    // Golden: the name mnist-10k stands for exactly these bytes in this order.
    const hash = createHash('sha256');
    for (const split of splits) hash.update(split.images).update(split.labels);
    expect(hash.digest('hex')).toMatchInlineSnapshot(
      `"d0baa166128a6de2d00c7c1a5a648230e646f7dc9829484dba6de12590df0379"`,
    );
  });

  test('holds every digit of the package once, byte for byte', async () => {
    const set = await openEmbedded();
    const mine = new Map<string, number>();
    for (const { images, labels, count } of [set.train, set.validation!, set.test]) {
      for (let index = 0; index < count; index++) {
        const key = `${labels[index]}${Buffer.from(images.subarray(index * 784, index * 784 + 784)).toString('latin1')}`;
        mine.set(key, (mine.get(key) ?? 0) + 1);
      }
    }
    const folder = join(
      dirname(createRequire(import.meta.url).resolve('mnist/package.json')),
      'src',
      'digits',
    );
    let total = 0;
    for (let digit = 0; digit < 10; digit++) {
      const { data } = JSON.parse(await readFile(join(folder, `${digit}.json`), 'utf8'));
      for (let at = 0; at < data.length; at += 784, total++) {
        const bytes = Uint8Array.from(data.slice(at, at + 784), (value: number) => Math.round(value * 255));
        const key = `${digit}${Buffer.from(bytes).toString('latin1')}`;
        if (!mine.has(key)) throw new Error(`digit ${digit}, image ${at / 784} is missing`);
        mine.set(key, mine.get(key)! - 1);
      }
    }
    expect(total).toBe(10_000);
    expect([...mine.values()].every((left) => left === 0)).toBe(true);
  });

  test('a missing, damaged or other file is refused, naming it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hourglass-'));
    const file = join(folder, 'digits.gz');
    await expect(openEmbedded(undefined, file)).rejects.toThrow(`${file}: must be readable, got ENOENT`);
    await expect(openEmbedded(undefined, file)).rejects.toMatchObject({ exitCode: 6 });
    await writeFile(file, (await readFile(embeddedFile())).subarray(0, 1000));
    await expect(openEmbedded(undefined, file)).rejects.toThrow('whole gzip file');
    await writeFile(file, gzipSync(encodeIdx({ shape: [1, 28, 28], data: new Uint8Array(784) })));
    await expect(openEmbedded(undefined, file)).rejects.toThrow('must hold 10000 images of 28 × 28');
    await rm(folder, { recursive: true });
  });
});
