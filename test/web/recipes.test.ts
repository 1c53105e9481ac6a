/** Every recipe's losses on the engine of pages are those of Node: same seed, same steps, one thread. */
import { expect, test } from 'vitest';
import { nodeEngine } from '../../src/node/engine/index.ts';
import { recipeNames } from '../../src/node/recipes.ts';
import { farthest, lossesOf } from '../support/losses.ts';
import { webEngine } from '../support/web-engine.ts';

const STEPS = Number(process.env.HOURGLASS_WEB_STEPS ?? 20);
const engine = webEngine();

test.each(recipeNames())('%s', async (name) => {
  const options = { steps: STEPS, batchSize: 16, threads: 1 };
  const expected = await lossesOf(nodeEngine, name, options);
  const found = await lossesOf(await engine, name, options);
  const off = farthest(found, expected);
  console.log(`${name}: ${off.toExponential(1)} relative over ${STEPS} steps`);
  expect(off).toBeLessThan(1e-4);
});
