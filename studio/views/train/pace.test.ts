import { afterEach, expect, test, vi } from 'vitest';
import { Pace } from './pace.ts';

afterEach(() => vi.restoreAllMocks());

test('a drawing that takes long is followed by a long wait, but for who is waiting for it', async () => {
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const pace = new Pace();
  expect([pace.wait(true), pace.wait(false)]).toEqual([50, 50]);

  pace.begin();
  now += 10;
  await painted();
  expect([pace.wait(true), pace.wait(false)]).toEqual([1000, 50]);
  now += 400;
  expect(pace.wait(true)).toBe(600);
  now += 4000;
  expect(pace.wait(true)).toBe(50);

  pace.begin();
  now += 100;
  await painted();
  expect(pace.wait(true)).toBe(2000);
});

/** The task after the one that draws. */
const painted = () => new Promise((resolve) => setTimeout(resolve, 20));
