import { expect, test } from 'vitest';
import type { RunMessage, Snapshot } from './protocol.ts';
import { RunLog } from './run-log.ts';

const epoch = (number: number): RunMessage => ({
  type: 'event',
  event: { type: 'epoch', isBest: true, row: { epoch: number } as never },
});
const start = (epochsBefore: number): RunMessage => ({
  type: 'event',
  event: { type: 'start', epochsBefore } as never,
});
const step = (number: number): RunMessage => ({
  type: 'event',
  event: { type: 'step', step: number } as never,
});
const snapshot = (number: number): RunMessage => ({
  type: 'snapshot',
  snapshot: { step: number } as Snapshot,
});

test('a late listener gets the header, all epochs, and only the newest of the rest', () => {
  const log = new RunLog();
  const live: RunMessage[] = [];
  log.follow((message) => live.push(message));
  const given = [start(0), step(1), step(2), snapshot(2), epoch(1), snapshot(5), epoch(2), step(9)];
  for (const message of given) log.post(message);
  log.post({ type: 'state', state: 'running' });
  log.post({ type: 'state', state: 'running' });
  expect(live.length).toBe(1 + given.length + 1);
  expect(log.messages()).toEqual([
    ...[start(0), epoch(1), epoch(2), step(9), snapshot(5)],
    { type: 'state', state: 'running' },
  ]);
});

test('a late listener gets the newest speed', () => {
  const log = new RunLog();
  log.post({ type: 'speed', stepsPerSecond: 3 });
  log.post({ type: 'speed', stepsPerSecond: 10 });
  expect(log.messages()).toContainEqual({ type: 'speed', stepsPerSecond: 10 });
  expect(log.messages()).not.toContainEqual({ type: 'speed', stepsPerSecond: 3 });
});

test('a resumed run repeats the epochs after its checkpoint', () => {
  const log = new RunLog([start(0), epoch(1), epoch(2), epoch(3), { type: 'state', state: 'stopped' }]);
  expect(log.state).toBe('stopped');
  log.post(start(2));
  log.post(epoch(3));
  const kinds = log.messages().flatMap((message) => (message.type === 'event' ? [message] : []));
  expect(kinds).toEqual([start(2), epoch(1), epoch(2), epoch(3)]);
});

test('who has left hears nothing', () => {
  const log = new RunLog();
  const heard: RunMessage[] = [];
  const leave = log.follow((message) => heard.push(message));
  leave();
  log.post(epoch(1));
  expect(heard.length).toBe(1);
});
