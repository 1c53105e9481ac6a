import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Destination, Format } from './destination.ts';
import { openSink } from './open.ts';
import { type Basis, Unfinished } from './unfinished.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-unfinished-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let out: string;
beforeEach(() => {
  out = join(mkdtempSync(join(folder, 'a-')), 'codes');
});

const basis = (batch = '2', files: Basis['files'] = []): Basis => ({ settings: { batch }, files });
/** Four samples of so many units are a group of Parquet. */
const UNITS = 2 ** 16;

const batchOf = (units: number) => (at: number) => ({
  names: [`${at}.png`, `${at + 1}.png`],
  classes: [null, `class ${at}`],
  values: Float32Array.from({ length: 2 * units }, (_, i) => at + i / 7),
});

async function stopAndGoOn(format: Format, path: string, stops: boolean): Promise<void> {
  const destination: Destination = { format, path, force: false };
  const units = format === 'parquet' ? UNITS : 3;
  const about = { shape: [units], kind: 'codes', title: '', subtitle: '', light: false } as const;
  const batch = batchOf(units);
  const first = await Unfinished.open(path, basis(), { resume: false, force: false, every: 0 });
  let sink = await openSink(destination, about, first);
  await sink.write(batch(0));
  await sink.write(batch(2));
  if (stops) {
    const saved = await sink.save!();
    await first.record({ done: 4, read: 5, last: '3.png' }, saved!);
    // What follows the record is lost.
    await sink.write(batch(90));
    await sink.abandon();
    await first.leave();
    expect(existsSync(path)).toBe(false);
    const second = await Unfinished.open(path, basis(), { resume: true, force: false });
    expect(second.progress).toEqual({ done: 4, read: 5, last: '3.png' });
    sink = await openSink(destination, about, second);
    await sink.write(batch(4));
    await sink.finish();
    await second.remove();
  } else {
    await sink.write(batch(4));
    await sink.finish();
    await first.remove();
  }
  expect(existsSync(`${path}.part`)).toBe(false);
}

test.each<Format>(['npy', 'parquet', 'csv', 'jsonl'])(
  'an output as %s that was continued has the bytes of one that was not',
  async (format) => {
    await stopAndGoOn(format, `${out}-a`, true);
    await stopAndGoOn(format, `${out}-b`, false);
    expect(readFileSync(`${out}-a`).equals(readFileSync(`${out}-b`))).toBe(true);
  },
);

test('what was recorded is neither replaced without a request nor continued on another basis', async () => {
  const file = (path: string, bytes: number, time = 'today') => ({ path, bytes, time });
  const files = [file('a.tar', 10), file('b.tar', 20), file('c.tar', 30)];
  const work = await Unfinished.open(out, basis('2', files), { resume: true, force: false });
  expect(work.progress).toBeNull();
  await work.record({ done: 1234, read: 1234, last: 'b.tar/7.png' }, { values: {} });
  const again = (asked: Basis, how = { resume: true, force: false }) => Unfinished.open(out, asked, how);
  await expect(again(basis('2', files))).rejects.toThrow(/is being written by another process/);
  await work.leave();
  await expect(again(basis('2', files), { resume: false, force: false })).rejects.toThrow(
    /codes\.part: has 1,234 samples of a command that ended early; continue with --resume, or start over with --force/,
  );
  await expect(again(basis('3', files))).rejects.toThrow(/was begun with batch: 2, got 3/);
  const [a, b, c] = files as [(typeof files)[0], (typeof files)[0], (typeof files)[0]];
  await expect(again(basis('2', [file('a.tar', 11), b, c]))).rejects.toThrow(
    /was begun with a\.tar: 10 bytes of today, got 11 bytes of today/,
  );
  await expect(again(basis('2', [a, file('b.tar', 20, 'later'), c]))).rejects.toThrow(
    /was begun with b\.tar: 20 bytes of today, got 20 bytes of later/,
  );
  // The archive that was being read, and files that come later, may have been mended.
  const mended = await again(basis('2', [a, file('b.tar', 25, 'later'), file('c.tar', 30, 'later')]));
  expect(mended.progress?.done).toBe(1234);
  await mended.leave();
  const fresh = await again(basis('3'), { resume: false, force: true });
  expect(fresh.progress).toBeNull();
  await fresh.leave();
  expect(existsSync(`${out}.part`)).toBe(false);
});
