/** What is true of the engine of pages beyond the contract of all engines: its losses are Node's, and its heap is reused. */
import { describe, expect, test } from 'vitest';
import { nodeEngine } from '../dist/node/engine/index.js';
import { BATCH, input, mul } from '../src/graph/index.ts';
import { farthest, lossesOf } from './support/losses.ts';
import { webEngine } from './support/web-engine.ts';

// A start takes seconds on a busy machine.
const started = webEngine();

describe('the losses of steps with the same seed are those of Node', () => {
  test.each([
    ['vae', 20, 32, 1],
    ['stacked-best', 10, 32, 1],
    ['conv', 3, 16, 2],
    ['contractive', 3, 16, 2],
  ] as const)('%s', async (name, steps, batchSize, threads) => {
    const options = { steps, batchSize, threads };
    const expected = await lossesOf(nodeEngine, name, options);
    const found = await lossesOf(await started, name, options);
    expect(farthest(found, expected)).toBeLessThan(1e-4);
    // They are losses of a training: the first and the last differ.
    expect(found[0]).not.toBeCloseTo(found.at(-2)!, 4);
  });
});

describe('its heap', () => {
  test('gives the room of what was disposed of to what comes next, unless a view of it is held', async () => {
    const engine = await started;
    const LENGTH = 2 ** 20;
    const placed = () => {
      const memory = engine.memory();
      return { memory, block: memory.reserve(LENGTH) };
    };
    const [first, second] = [placed(), placed()];
    const view = second.memory.floats(second.block).fill(3);
    first.memory.dispose();
    second.memory.dispose();
    const [third, fourth] = [placed(), placed()];
    expect(third.block.offset).toBe(first.block.offset);
    expect(fourth.block.offset).not.toBe(second.block.offset);
    expect(third.memory.floats(third.block).every((value) => value === 0)).toBe(true);
    expect(view.every((value) => value === 3)).toBe(true);
  });

  test('that is full is an error with a way out, and what was there before can be used', async () => {
    const engine = await started;
    const memory = engine.memory();
    const x = input('x', [BATCH, 2]);
    const inputs = { x: { symbol: x, block: memory.reserve(4) } };
    const outputs = { y: { symbol: mul(x, 2), block: memory.reserve(4) } };
    const program = await engine.compile({ name: 'double', inputs, outputs, memory }, { threads: 1 });
    const error = await Promise.resolve()
      .then(() => engine.memory().reserve(2 ** 30 - 1))
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'HourglassError', kind: 'environment' });
    expect(error.message).toMatch(/^memory: 4096\.0 MiB more cannot be had.*smaller batches$/);
    memory.floats(inputs.x.block).set([1, 2, 3, 4]);
    await program.run(2);
    expect([...memory.floats(outputs.y.block)]).toEqual([2, 4, 6, 8]);
    await program.dispose();
  });

  test("does not take another engine's memory", async () => {
    const [one, other] = [await started, await webEngine()];
    const memory = other.memory();
    const x = input('x', [BATCH, 2]);
    const inputs = { x: { symbol: x, block: memory.reserve(4) } };
    await expect(
      one.compile({ name: 'foreign', inputs, outputs: inputs, memory }, { threads: 1 }),
    ).rejects.toThrow('must be one of the engine');
  });
});
