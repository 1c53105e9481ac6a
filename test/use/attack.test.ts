/** A small, seeded part of `npm run test:attack`. */
import { test } from 'vitest';
import { attack, held } from '../attack/attack.ts';

test('requests from the OpenAPI document, hostile bodies, a siege, an end meanwhile', async () => {
  const result = await attack({
    requests: 300,
    connections: 40,
    seconds: 4,
    seed: 1,
    side: 6,
    largeSide: 128,
  });
  console.log(JSON.stringify({ ...result, document: result.document.statuses }));
  held(result);
}, 240_000);
