import { expect, test } from 'vitest';
import { HourglassError } from '../../errors.ts';
import { memoryFiles } from '../../record/index.ts';
import { lasting } from './lasting.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

/** Files that can be written until `full` is set. */
function storage() {
  const written = new Map<string, Uint8Array>();
  const files = memoryFiles('run', written);
  const state = { full: false, written };
  const write: typeof files.write = async (name, content) => {
    if (state.full) throw new HourglassError('run', { subject: name, rule: 'no room' });
    await files.write(name, content);
  };
  return { ...state, state, files: { ...files, write } };
}

test('after a write that failed, what is kept stays, and the rest is in memory', async () => {
  const { state, files, written } = storage();
  const reasons: string[] = [];
  const run = lasting(files, true, ({ message }) => reasons.push(message));
  await run.write('run.json', 'one');
  await run.write('checkpoints/1', bytes(1));
  expect(run.isKept()).toBe(true);
  const kept = new Map(written);
  state.full = true;
  await run.write('checkpoints/2', bytes(2));
  state.full = false;
  await run.write('run.json', 'two');
  await run.remove('checkpoints/1');
  expect(reasons).toEqual(['checkpoints/2: no room']);
  expect(run.isKept()).toBe(false);
  expect(written).toEqual(kept);
  expect(await run.list('checkpoints')).toEqual(['2']);
  expect(await run.read('checkpoints/1', 9)).toBeNull();
  expect(await run.read('checkpoints/2', 9)).toEqual(bytes(2));
  expect(await run.read('run.json', 9)).toEqual(new TextEncoder().encode('two'));
  expect([...run.changes()]).toEqual([
    ['checkpoints/1', null],
    ['checkpoints/2', bytes(2)],
    ['run.json', new TextEncoder().encode('two')],
  ]);
  await run.write('checkpoints/1', bytes(7));
  expect(await run.read('checkpoints/1', 9)).toEqual(bytes(7));
  expect(reasons.length).toBe(1);
});

test('a first write of a new training that fails, and an error of another kind, are thrown', async () => {
  const { state, files } = storage();
  state.full = true;
  await expect(lasting(files, true, () => {}).write('run.json', '')).rejects.toThrow('no room');
  await lasting(files, false, () => {}).write('run.json', '');
  const run = lasting(
    { ...files, write: async () => Promise.reject(new TypeError('a bug')) },
    true,
    () => {},
  );
  await expect(run.write('run.json', '')).rejects.toThrow('a bug');
});
