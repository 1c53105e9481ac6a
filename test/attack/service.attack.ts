/** The whole attack: 10,000 requests, hostile bodies, 500 connections that do their worst for two minutes, SIGTERM in between. */
import { expect, test } from 'vitest';
import { attack, held } from './attack.ts';

test('the service holds', async () => {
  const result = await attack({
    requests: 10_000,
    connections: 500,
    seconds: 120,
    seed: 20261127,
    side: 28,
    largeSide: 1024,
  });
  console.log(JSON.stringify(result, null, 2));
  held(result);
  expect(result.memory.after).toBeLessThan(1.1 * result.memory.before);
  expect(result.end.seconds).toBeLessThan(33);
});
