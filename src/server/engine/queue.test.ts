import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compute, fakeEngine, PIXELS, UNITS } from '../testing.ts';
import type { Operation } from './protocol.ts';
import { BatchQueue, EngineLost, QueueFull } from './queue.ts';

const WIDTH = { encode: PIXELS, posterior: PIXELS, reconstruct: PIXELS, decode: UNITS } as const;
const never = () => new AbortController().signal;

function setUp(options: { batch?: number; waiting?: number } = {}) {
  const batches: number[] = [];
  const queue = new BatchQueue({
    batch: options.batch ?? 8,
    waiting: options.waiting ?? 1000,
    onBatch: (_, rows) => batches.push(rows),
  });
  const engine = fakeEngine();
  queue.add(engine);
  return { queue, engine, batches };
}

const rowsOf = (count: number, first: number, width = PIXELS) =>
  Float32Array.from({ length: count * width }, (_, i) => first + i);

describe('a queue of batches', () => {
  test('every request has its own results, whatever is joined with what', async () => {
    const work = fc.record({
      operation: fc.constantFrom<Operation>('encode', 'posterior', 'decode', 'reconstruct'),
      count: fc.integer({ min: 1, max: 20 }),
      pause: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(work, { maxLength: 25 }),
        fc.integer({ min: 1, max: 12 }),
        async (all, batch) => {
          const { queue, engine } = setUp({ batch });
          await Promise.all(
            all.map(async ({ operation, count, pause }, i) => {
              await new Promise((resolve) => setTimeout(resolve, pause));
              const rows = rowsOf(count, 1000 * i, WIDTH[operation]);
              expect(await queue.run(operation, rows, count, never())).toEqual(compute(operation, rows));
            }),
          );
          expect(queue.waiting).toBe(0);
          expect(Math.max(0, ...engine.runs.map(({ count }) => count))).toBeLessThanOrEqual(batch);
          expect(engine.runs.reduce((sum, { count }) => sum + count, 0)).toBe(
            all.reduce((sum, { count }) => sum + count, 0),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  test('joins what waits, and no more than a batch holds', async () => {
    const { queue, batches } = setUp({ batch: 8 });
    await Promise.all(Array.from({ length: 20 }, (_, i) => queue.run('encode', rowsOf(1, i), 1, never())));
    expect(batches).toEqual([8, 8, 4]);
  });

  test('a large request lets a small one in after each of its batches', async () => {
    const { queue, engine } = setUp({ batch: 4 });
    const order: string[] = [];
    await Promise.all([
      queue.run('encode', rowsOf(40, 0), 40, never()).then(() => order.push('large')),
      queue.run('decode', rowsOf(1, 0, UNITS), 1, never()).then(() => order.push('small')),
    ]);
    expect(order).toEqual(['small', 'large']);
    expect(engine.runs[1]).toEqual({ operation: 'decode', count: 1 });
  });

  test('a full queue refuses, and takes again once there is room', async () => {
    const { queue, engine } = setUp({ batch: 2, waiting: 3 });
    let go = () => {};
    engine.hold = new Promise((resolve) => {
      go = resolve;
    });
    const first = queue.run('encode', rowsOf(2, 0), 2, never());
    await new Promise(setImmediate);
    const second = queue.run('encode', rowsOf(3, 0), 3, never());
    await expect(queue.run('encode', rowsOf(1, 0), 1, never())).rejects.toBeInstanceOf(QueueFull);
    go();
    await Promise.all([first, second]);
    await expect(queue.run('encode', rowsOf(1, 0), 1, never())).resolves.toHaveLength(UNITS);
  });

  test('a request that is given up is not computed', async () => {
    const { queue, engine } = setUp({ batch: 1 });
    const gone = new AbortController();
    const kept = queue.run('encode', rowsOf(1, 5), 1, never());
    const left = queue.run('encode', rowsOf(9, 0), 9, gone.signal);
    await new Promise(setImmediate);
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(kept).resolves.toEqual(compute('encode', rowsOf(1, 5)));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(engine.runs).toHaveLength(1);
    expect(queue.waiting).toBe(0);
    await expect(queue.run('encode', rowsOf(1, 0), 1, gone.signal)).rejects.toThrow('gone');
  });

  test('a failing engine fails what it was running and leaves the rest to another', async () => {
    const { queue, engine } = setUp({ batch: 1 });
    engine.breaks = true;
    const lost = queue.run('encode', rowsOf(1, 0), 1, never());
    const waits = queue.run('encode', rowsOf(1, 7), 1, never());
    await expect(lost).rejects.toBeInstanceOf(EngineLost);
    queue.add(fakeEngine());
    await expect(waits).resolves.toEqual(compute('encode', rowsOf(1, 7)));
  });

  test('a result that is not finite ends its own request alone', async () => {
    const { queue, engine } = setUp();
    const large = queue.run('encode', new Float32Array(3 * PIXELS).fill(3e38), 3, never());
    const other = queue.run('encode', rowsOf(1, 7), 1, never());
    await expect(large).rejects.toThrow('the result of encode: is not finite');
    await expect(other).resolves.toEqual(compute('encode', rowsOf(1, 7)));
    expect(engine.runs).toHaveLength(1);
    expect(queue.waiting).toBe(0);
  });

  test('two engines share the work', async () => {
    const { queue, engine } = setUp({ batch: 1 });
    const other = fakeEngine();
    queue.add(other);
    await Promise.all(Array.from({ length: 10 }, (_, i) => queue.run('encode', rowsOf(1, i), 1, never())));
    expect(engine.runs.length + other.runs.length).toBe(10);
    expect(other.runs.length).toBeGreaterThan(2);
  });
});
