import { describe, expect, test, vi } from 'vitest';
import { Pool, type Worker, WorkerLost } from './pool.ts';

/** Workers whose jobs end when they are told to. */
function setUp(size = 2) {
  const started: { name: string; end(): void; fail(): void }[] = [];
  let [starts, kills] = [0, 0];
  const pool = new Pool<string, string>(size, async (): Promise<Worker<string, string>> => {
    starts++;
    let lose = () => {};
    return {
      run: (name) =>
        new Promise((resolve, reject) => {
          lose = () => reject(new WorkerLost('killed'));
          started.push({ name, end: () => resolve(name), fail: lose });
        }),
      async kill() {
        kills++;
        lose();
      },
    };
  });
  const turn = (owner: object, large = false, signal = new AbortController().signal) => ({
    owner,
    large,
    signal,
  });
  const tick = () => new Promise((resolve) => setTimeout(resolve, 5));
  return { pool, started, turn, tick, counts: () => ({ starts, kills }) };
}

describe('a pool', () => {
  test('requests take turns, however many jobs each has', async () => {
    const { pool, started, turn, tick } = setUp(1);
    const [many, one] = [{}, {}];
    const all = ['a1', 'a2', 'a3'].map((name) => pool.run(name, turn(many)));
    all.push(pool.run('b1', turn(one)));
    for (let i = 0; i < 4; i++) {
      await tick();
      started[i]!.end();
    }
    await Promise.all(all);
    expect(started.map(({ name }) => name)).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  test('a worker ends some seconds after its last large job, and not after small ones', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { pool, started, turn, counts } = setUp();
      const job = async (name: string, large: boolean) => {
        const running = pool.run(name, turn({}, large));
        await vi.advanceTimersByTimeAsync(1);
        started.at(-1)!.end();
        await running;
      };
      await job('small', false);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(counts()).toEqual({ starts: 1, kills: 0 });
      await job('large', true);
      await vi.advanceTimersByTimeAsync(3000);
      await job('large', true);
      await vi.advanceTimersByTimeAsync(3000);
      expect(counts()).toEqual({ starts: 2, kills: 0 });
      await vi.advanceTimersByTimeAsync(3000);
      expect(counts()).toEqual({ starts: 2, kills: 1 });
      await job('large', true);
      expect(counts()).toEqual({ starts: 3, kills: 1 });
      await pool.close();
      expect(counts()).toEqual({ starts: 3, kills: 3 });
    } finally {
      vi.useRealTimers();
    }
  });

  test('small jobs never wait for large ones', async () => {
    const { pool, started, turn, tick } = setUp();
    const large = ['x', 'y', 'z'].map((name) => pool.run(name, turn({}, true)));
    await tick();
    const small = pool.run('small', turn({}));
    await tick();
    expect(started.map(({ name }) => name)).toEqual(['x', 'small']);
    started[1]!.end();
    expect(await small).toBe('small');
    for (let i = 0; i < 4; i++) {
      await tick();
      for (const job of started) job.end();
    }
    expect(await Promise.all(large)).toEqual(['x', 'y', 'z']);
  });

  test('a job ends at its deadline, and its worker with it', async () => {
    const { pool, started, turn, tick, counts } = setUp(1);
    const deadline = new AbortController();
    const running = pool.run('stuck', turn({}, false, deadline.signal));
    const waiting = pool.run('never', turn({}, false, deadline.signal));
    const after = pool.run('after', turn({}));
    await tick();
    deadline.abort(new Error('late'));
    await expect(running).rejects.toThrow('late');
    await expect(waiting).rejects.toThrow('late');
    while (started.length < 2) await tick();
    started[1]!.end();
    expect(await after).toBe('after');
    expect(started.map(({ name }) => name)).toEqual(['stuck', 'after']);
    expect(counts()).toEqual({ starts: 2, kills: 1 });
  });

  test('a worker that is lost is replaced', async () => {
    const { pool, started, turn, tick, counts } = setUp(1);
    const lost = pool.run('crash', turn({}));
    await tick();
    started[0]!.fail();
    await expect(lost).rejects.toBeInstanceOf(WorkerLost);
    const next = pool.run('next', turn({}));
    while (started.length < 2) await tick();
    started[1]!.end();
    expect(await next).toBe('next');
    expect(counts().starts).toBe(2);
  });

  test('closing ends what runs and what waits', async () => {
    const { pool, turn, tick } = setUp(1);
    const both = [pool.run('runs', turn({})), pool.run('waits', turn({}))];
    await tick();
    const settled = Promise.allSettled(both);
    await pool.close();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run('late', turn({}))).rejects.toBeInstanceOf(WorkerLost);
  });
});
