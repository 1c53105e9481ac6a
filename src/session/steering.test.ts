import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Steering, trainingControl } from './steering.ts';

/** A training that takes a step whenever it may. */
function training() {
  const steering = new Steering(() => setImmediate());
  const stop = new AbortController();
  const waits: number[] = [];
  const control = trainingControl((message) => steering.take(message));
  const state = { steps: 0, waits, steering, control, stop, ended: Promise.resolve() };
  state.ended = (async () => {
    for (;;) {
      await steering.beforeStep(stop.signal, async (milliseconds) => void waits.push(milliseconds));
      if (stop.signal.aborted) return;
      state.steps++;
    }
  })();
  return state;
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate();
}

test('steps are taken freely, not at all, one at a time, and freely again', async () => {
  const state = training();
  await turns(10);
  expect(state.steps).toBeGreaterThan(3);
  state.control.pause();
  await turns(5);
  const paused = state.steps;
  await turns(10);
  expect(state.steps).toBe(paused);
  state.control.step();
  await turns(10);
  expect(state.steps).toBe(paused + 1);
  state.control.step(3);
  await turns(10);
  expect(state.steps).toBe(paused + 4);
  expect(new Set(state.waits)).toEqual(new Set([Number.POSITIVE_INFINITY]));
  state.control.resume();
  await turns(10);
  expect(state.steps).toBeGreaterThan(paused + 6);
  state.stop.abort();
  await state.ended;
});

test('a training that is paused before its first step takes none', async () => {
  const state = training();
  state.control.pause();
  await turns(5);
  expect(state.steps).toBe(0);
  expect(state.waits).toEqual([Number.POSITIVE_INFINITY]);
  state.stop.abort();
  await state.ended;
  expect(state.steps).toBe(0);
});

test('slow motion waits between steps, and ends at once', async () => {
  const state = training();
  state.control.speed(0.5);
  await turns(20);
  expect(state.steps).toBeLessThanOrEqual(1);
  expect(state.waits.at(-1)).toBeLessThanOrEqual(2000);
  state.control.speed(null);
  await turns(10);
  expect(state.steps).toBeGreaterThan(3);
  state.stop.abort();
  await state.ended;
});

test('a learning rate is taken once, and numbers are checked', () => {
  const steering = new Steering();
  const control = trainingControl((message) => steering.take(message));
  control.learningRate(0.5);
  expect([steering.takeRate(), steering.takeRate()]).toEqual([0.5, null]);
  expect(() => control.learningRate(0)).toThrow('learning rate: must be a number above 0, got 0');
  expect(() => control.learningRate(Number.NaN)).toThrow('above 0');
  expect(() => control.speed(-1)).toThrow('steps a second');
  expect(() => control.step(0)).toThrow('steps: must be');
});
