/** The attacks in order, against `hourglass serve` in a process of its own; counts and times are given back. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { train } from 'hourglass';
import { expect } from 'vitest';
import { start, TINY, temporaryFolder, writeData } from '../support/program.ts';
import { ask } from './ask.ts';
import { BODIES, blackPng, form, unread } from './bodies.ts';
import { HealthProbe, type HealthTimes } from './health.ts';
import { fromDocument, type Tally } from './requests.ts';
import { siege } from './siege.ts';
import { untrainedModel } from './untrained.ts';

export interface AttackSize {
  /** Requests made from the OpenAPI document. */
  requests: number;
  /** Connections that do their worst at the same time, and for how many seconds. */
  connections: number;
  seconds: number;
  seed: number;
  /** Pixels of an image's side; and of another model's, which is besieged, too: a multiple of 64. */
  side: number;
  largeSide: number;
}

export interface AttackResult {
  document: Tally;
  /** Statuses of the hostile bodies, by name. */
  bodies: Record<string, number>;
  /** Resident memory in MiB, of all processes: before, at most during the siege, after. */
  memory: { before: number; most: number; after: number };
  /** Connections that the siege opened. */
  besieged: number;
  /** /health beside the hostile bodies, one at a time, and during the siege. */
  health: { alone: HealthTimes; besieged: HealthTimes };
  /** Seconds from SIGTERM to the end, the exit code, and the answers to requests just before and after it. */
  end: { seconds: number; code: number | null; statuses: Record<string, number> };
}

/** The C library's settings under which it gives free memory back to the system; docs/serve.md has them. */
const GIVING_BACK = { MALLOC_MMAP_THRESHOLD_: '262144', MALLOC_TRIM_THRESHOLD_: '1048576' };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function attack({
  requests,
  connections,
  seconds,
  seed,
  side,
  largeSide,
}: AttackSize): Promise<AttackResult> {
  const folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'), 1, { side });
  const { folder: run } = await train(TINY, {
    data: 'mnist',
    dataDir,
    out: join(folder, 'tiny'),
    threads: 1,
    tensorboard: 'none',
  });
  const large = await untrainedModel(join(folder, 'large'), largeSide);
  const served = start(folder, ['serve', `t=${run}`, `large=${large}`, '--port', '0'], GIVING_BACK);
  const url = /http:\/\/\S+/.exec(await served.says('http://127.0.0.1:'))![0];
  const base = `${url}/v1/models/t`;
  const document = await fromDocument(url, 't', requests, seed);
  const bodies: Record<string, number> = {};
  const probe = new HealthProbe(join(import.meta.dirname, 'probe.mjs'), url);
  probe.begin();
  for (const [name, make] of Object.entries(BODIES)) {
    const { type, body } = make();
    const response = await ask(`${base}/encode`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(body),
    });
    await response.text();
    bodies[name] = response.status;
  }
  const alone = await probe.end();
  probe.begin();
  const memory = { before: await resident(served.process.pid!, url), most: 0, after: 0 };
  const end = new AbortController();
  const targets = { url, small: 't', large: 'large', side: largeSide };
  const besieging = siege(targets, connections, end.signal);
  for (let second = 0; second < seconds; second++) {
    await pause(1000);
    memory.most = Math.max(memory.most, await resident(served.process.pid!, url));
  }
  end.abort();
  const opened = await besieging;
  // What was given up is freed when its pages are collected.
  for (let second = 0; second < 60; second++) {
    await pause(1000);
    memory.after = await resident(served.process.pid!, url);
    if (memory.after <= 1.1 * memory.before) break;
  }
  const besieged = await probe.end();
  probe.close();
  // The end, with pictures in decoding, sheets being drawn, answers that nobody reads, and connections that come late.
  const last = Array.from({ length: 8 }, () =>
    unread(url, '/v1/models/t/sample?count=1024&format=png&scale=8'),
  );
  const { type, body } = form(Array(4).fill(blackPng(5000, 5000)));
  const decoding = { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) };
  const accepted = Array.from({ length: 4 }, () => [
    statusOf(`${base}/encode`, decoding),
    statusOf(`${base}/sample?count=1024&format=png&scale=2`),
  ]).flat();
  await pause(300);
  const asked = performance.now();
  served.process.kill('SIGTERM');
  const late = Array.from({ length: 50 }, () => statusOf(`${base}/sample`));
  await pause(2000);
  for (const socket of last) socket.destroy();
  const statuses: Record<string, number> = {};
  for (const status of await Promise.all([...accepted, ...late])) {
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  const { code } = await served.ended;
  const lasted = (performance.now() - asked) / 1000;
  return {
    document,
    bodies,
    memory,
    besieged: opened,
    health: { alone, besieged },
    end: { seconds: lasted, code, statuses },
  };
}

/** The status of an answer that is read to its end; 0 where the connection was lost. */
async function statusOf(url: string, init: Parameters<typeof ask>[1] = {}): Promise<number> {
  try {
    const response = await ask(url, init);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/** Resident memory in MiB, with that of the processes which decode pictures where the system lists them. */
async function resident(pid: number, url: string): Promise<number> {
  try {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const all = [String(pid), ...children.split(' ').filter((child) => child.trim() !== '')];
    const sizes = await Promise.all(
      all.map(async (one) => {
        const status = await readFile(`/proc/${one}/status`, 'utf8').catch(() => '');
        return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
      }),
    );
    return Math.round(sizes.reduce((a, b) => a + b, 0) / 1024);
  } catch {
    const text = await (await ask(`${url}/metrics`)).text();
    return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20);
  }
}

/** What holds of every attack, however small. */
export function held({ document, bodies, memory, health, end }: AttackResult): void {
  expect(document.complaints).toEqual([]);
  for (const [name, make] of Object.entries(BODIES))
    expect([name, bodies[name]]).toEqual([name, make().status]);
  expect(memory.most - memory.before).toBeLessThan(1536);
  for (const { answers, slowest } of [health.alone, health.besieged]) {
    expect(answers).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(Number.POSITIVE_INFINITY);
  }
  expect(end.code).toBe(0);
  // Every request is answered, before the signal as after it; 429 where too many images wait.
  expect(Object.keys(end.statuses).filter((status) => !['200', '429', '503'].includes(status))).toEqual([]);
}
