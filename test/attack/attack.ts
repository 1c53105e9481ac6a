/** The attacks in order, against `hourglass serve` in a process of its own; counts and times are given back. */
import { join } from 'node:path';
import { train } from 'hourglass';
import { expect } from 'vitest';
import { start, TINY, temporaryFolder, writeData } from '../support/program.ts';
import { BODIES, unread } from './bodies.ts';
import { fromDocument, type Tally } from './requests.ts';

export interface AttackSize {
  /** Requests made from the OpenAPI document. */
  requests: number;
  /** Clients that never read, and for how many seconds. */
  silent: number;
  seconds: number;
  seed: number;
  /** Pixels of an image's side. */
  side: number;
}

export interface AttackResult {
  document: Tally;
  /** Statuses of the hostile bodies, by name. */
  bodies: Record<string, number>;
  /** Resident memory in MiB: before, at most while nobody read, after. */
  memory: { before: number; most: number; after: number };
  /** The slowest answer of /health meanwhile, in ms. */
  slowest: number;
  /** Seconds from SIGTERM to the end, and the exit code. */
  end: { seconds: number; code: number | null };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function attack({ requests, silent, seconds, seed, side }: AttackSize): Promise<AttackResult> {
  const folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'), 1, { side });
  const { folder: run } = await train(TINY, {
    data: 'mnist',
    dataDir,
    out: join(folder, 'tiny'),
    threads: 1,
    tensorboard: 'none',
  });
  const served = start(folder, ['serve', `t=${run}`, '--port', '0']);
  const url = /http:\/\/\S+/.exec(await served.says('http://127.0.0.1:'))![0];
  const base = `${url}/v1/models/t`;
  const document = await fromDocument(url, 't', requests, seed);
  const bodies: Record<string, number> = {};
  let [slowest, watching] = [0, true];
  const watch = (async () => {
    while (watching) {
      const asked = performance.now();
      expect((await fetch(`${url}/health`)).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - asked);
      await pause(20);
    }
  })();
  for (const [name, make] of Object.entries(BODIES)) {
    const { type, body } = make();
    const response = await fetch(`${base}/encode`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(body),
    });
    await response.text();
    bodies[name] = response.status;
  }
  const memory = { before: await resident(url), most: 0, after: 0 };
  const sockets = Array.from({ length: silent }, (_, i) =>
    unread(url, `/v1/models/t/sample?count=1024&seed=${i}&encoding=${i % 2 ? 'array' : 'base64'}`),
  );
  for (let second = 0; second < seconds; second++) {
    await pause(1000);
    memory.most = Math.max(memory.most, await resident(url));
  }
  for (const socket of sockets) socket.destroy();
  await pause(1000);
  memory.after = await resident(url);
  watching = false;
  await watch;
  // The end, with pictures in decoding and answers that nobody reads.
  const last = Array.from({ length: 8 }, () =>
    unread(url, '/v1/models/t/sample?count=1024&format=png&scale=8'),
  );
  await pause(300);
  const asked = performance.now();
  served.process.kill('SIGTERM');
  await pause(2000);
  for (const socket of last) socket.destroy();
  const { code } = await served.ended;
  return { document, bodies, memory, slowest, end: { seconds: (performance.now() - asked) / 1000, code } };
}

async function resident(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20);
}

/** What holds of every attack, however small. */
export function held({ document, bodies, end }: AttackResult): void {
  expect(document.complaints).toEqual([]);
  for (const [name, make] of Object.entries(BODIES))
    expect([name, bodies[name]]).toEqual([name, make().status]);
  expect(end.code).toBe(0);
}
