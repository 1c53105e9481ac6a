import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { encodeStart, encodeSummaries, readEvents, scalar } from '../codecs/tensorboard/index.ts';
import { openEventLog } from './event-log.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hourglass-events-'));
  folder = join(root, 'logs');
  vi.useFakeTimers({ now: 1_700_000_000_500, toFake: ['Date', 'performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(root, { recursive: true, force: true });
});

const at = (step: number) => ({ wallTime: 1, step });
const START = encodeStart(at(0));
const files = async () => (await readdir(folder)).sort();
const written = async (name?: string) => readFile(join(folder, name ?? (await files()).at(-1)!));

test('records reach the file after a second, after 64 KiB, when asked, and at the end', async () => {
  const log = openEventLog(folder);
  log.append(START);
  expect(await written()).toHaveLength(0);
  vi.advanceTimersByTime(999);
  log.tick();
  expect(await written()).toHaveLength(0);
  vi.advanceTimersByTime(1);
  log.tick();
  expect(await written()).toHaveLength(START.length);
  const record = encodeSummaries(at(1), [scalar('x', 1)]);
  log.append(record);
  log.flush();
  expect(await written()).toHaveLength(START.length + record.length);
  let size = START.length + record.length;
  for (let waiting = 0; waiting < 64 * 1024; waiting += record.length) {
    expect(await written()).toHaveLength(size);
    log.append(record);
    if (waiting + record.length >= 64 * 1024) size += waiting + record.length;
  }
  expect(await written()).toHaveLength(size);
  log.append(record);
  log.close();
  const { events, end } = readEvents(await written(), 'log');
  expect(end).toBe(size + record.length);
  expect(events.at(-1)!.summaries).toMatchObject([{ tag: 'x', data: { value: 1 } }]);
});

test('each file is named after those that are there, in one second and on a clock set back', async () => {
  for (const [n, now] of [1_700_000_000_500, 1_700_000_000_900, 1_600_000_000_000].entries()) {
    vi.setSystemTime(now);
    const log = openEventLog(folder);
    expect(log.isFirst).toBe(n === 0);
    log.append(START);
    log.close();
  }
  expect(await files()).toEqual([
    'events.out.tfevents.1700000000.hourglass',
    'events.out.tfevents.1700000001.hourglass',
    'events.out.tfevents.1700000002.hourglass',
  ]);
});

test('a file that was opened and never written does not count as the first', async () => {
  openEventLog(folder).close();
  expect(openEventLog(folder).isFirst).toBe(true);
});

test('a folder that cannot be made or written is an expected error', async () => {
  await writeFile(folder, 'a file');
  expect(() => openEventLog(folder)).toThrow(/logs: cannot be written: a part of its path is a file/);
  await rm(folder);
  // Root may write anywhere.
  if (process.getuid?.() === 0) return;
  await mkdir(folder);
  await chmod(folder, 0o500);
  expect(() => openEventLog(folder)).toThrow(/cannot be written: permission denied/);
});
