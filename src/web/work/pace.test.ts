import { expect, test } from 'vitest';
import { turn } from '../turn.ts';
import { Pace } from './pace.ts';

/** A training that takes a step whenever it may. */
function training() {
  const pace = new Pace();
  const stop = new AbortController();
  const state = { steps: 0, pace, stop, ended: Promise.resolve() };
  state.ended = (async () => {
    while (!stop.signal.aborted) {
      state.steps++;
      await pace.afterStep(stop.signal);
    }
  })();
  return state;
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

test('steps are taken freely, not at all, one at a time, and freely again', async () => {
  const state = training();
  await turns(10);
  expect(state.steps).toBeGreaterThan(3);
  state.pace.allow(0);
  await turns(5);
  const paused = state.steps;
  await turns(10);
  expect(state.steps).toBe(paused);
  state.pace.allow(1);
  await turns(10);
  expect(state.steps).toBe(paused + 1);
  state.pace.allow(3);
  await turns(10);
  expect(state.steps).toBe(paused + 4);
  state.pace.allow(Number.POSITIVE_INFINITY);
  await turns(10);
  expect(state.steps).toBeGreaterThan(paused + 6);
  state.stop.abort();
  await state.ended;
});

test('a paused training can be stopped', async () => {
  const state = training();
  state.pace.allow(0);
  await turns(5);
  state.stop.abort();
  await state.ended;
});
