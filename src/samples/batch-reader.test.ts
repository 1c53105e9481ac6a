import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BatchReader } from './batch-reader.ts';
import { imageSpec, memorySource, type Source, type StoredValues } from './index.ts';

const SPEC = imageSpec({ channels: 1, height: 1, width: 1 });
const VALUES = memorySource(
  SPEC,
  Uint8Array.from({ length: 20 }, (_, i) => 10 * i),
);

/** A source that answers a read when it is told to. */
function held() {
  const reads: { indices: number[]; release: (error?: Error) => void }[] = [];
  const source: Source = {
    spec: SPEC,
    count: 20,
    read: (indices, into) =>
      new Promise((resolve, reject) => {
        const release = (error?: Error) =>
          error === undefined ? resolve(VALUES.read(indices, into)) : reject(error);
        reads.push({ indices: [...indices], release });
      }),
  };
  return { source, reads };
}

const places = (): [StoredValues, StoredValues] => [new Uint8Array(3), new Uint8Array(3)];

test('the next batch is read while the current one stays as it is', async () => {
  const { source, reads } = held();
  const stored = places();
  const reader = new BatchReader(stored);
  const first = reader.read(source, Uint32Array.of(1, 2), Uint32Array.of(3, 4));
  await tick();
  expect(reads.map(({ indices }) => indices)).toEqual([[1, 2]]);
  reads[0]!.release();
  const place = await first;
  expect([...stored[place]]).toEqual([10, 20, 0]);
  expect(reads[1]!.indices).toEqual([3, 4]);
  reads[1]!.release();
  expect(await reader.read(source, Uint32Array.of(3, 4))).toBe(1 - place);
  expect(reads).toHaveLength(2);
  expect([...stored[place]]).toEqual([10, 20, 0]);
  expect([...stored[(1 - place) as 0 | 1]]).toEqual([30, 40, 0]);
});

test('samples that were read ahead and are not wanted any more are waited for and forgotten', async () => {
  const { source, reads } = held();
  const stored = places();
  const reader = new BatchReader(stored);
  const first = reader.read(source, Uint32Array.of(1), Uint32Array.of(2));
  await tick();
  reads[0]!.release();
  await first;
  const other = reader.read(VALUES, Uint32Array.of(9));
  reads[1]!.release(new Error('nobody wants to know'));
  expect(stored[await other][0]).toBe(90);
});

test('a failed read is thrown by the call that asks for its samples, which can be repeated', async () => {
  const { source, reads } = held();
  const stored = places();
  const reader = new BatchReader(stored);
  const first = reader.read(source, Uint32Array.of(1), Uint32Array.of(2));
  await tick();
  reads[0]!.release();
  await first;
  const error = new Error('disk on fire');
  reads[1]!.release(error);
  await expect(reader.read(source, Uint32Array.of(2))).rejects.toBe(error);
  const again = reader.read(source, Uint32Array.of(2));
  await tick();
  reads[2]!.release();
  expect(stored[await again][0]).toBe(20);
});

test('a batch that does not fit is refused', async () => {
  const reader = new BatchReader(places());
  await expect(reader.read(VALUES, Uint32Array.of(1, 2, 3, 4))).rejects.toThrow('does not fit 3 values');
  const floats = memorySource({ ...SPEC, storage: 'float32' }, new Float32Array(4));
  await expect(reader.read(floats, Uint32Array.of(1))).rejects.toThrow('in a Uint8Array');
});
