/**
 * `npm run bench:serve`: requests a second and times of `reconstruct` over HTTP at 1, 16 and 64 clients; then a rate
 * that is held while slow and malformed clients are about, with what was lost and how the memory went; then the times of
 * /health beside the heaviest requests. The service is a process of its own, on loopback. Nothing else should run meanwhile.
 *
 *     npm run bench:serve                                 trains 'stacked' for an epoch first
 *     npm run bench:serve -- --run runs/stacked-… --seconds 10 --rate 200 --hold 120
 *     npm run bench:serve -- --quick                      a few seconds of each
 *     npm run bench:serve -- --part health                /health beside the heaviest requests, and nothing else
 *     npm run bench:serve -- --part health --side 1024 --clients 1     of a model of large images, one request at a time
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDataset, train } from 'hourglass';
import { encodePng } from '../../src/codecs/png.ts';
import { describeMachine } from '../../src/node/machine.ts';
import { untrainedModel } from '../../test/attack/untrained.ts';
import { closedLoop, nuisance, type Outcome, openLoop, type Target } from './client.ts';
import { meanwhile } from './meanwhile.ts';

const { values } = parseArgs({
  options: {
    run: { type: 'string' },
    seconds: { type: 'string' },
    rate: { type: 'string' },
    hold: { type: 'string' },
    workers: { type: 'string', default: '1' },
    side: { type: 'string' },
    clients: { type: 'string' },
    quick: { type: 'boolean', default: false },
    part: { type: 'string' },
  },
});
const PARTS = ['load', 'health'];
if (values.part !== undefined && !PARTS.includes(values.part)) {
  throw new RangeError(`--part: must be ${PARTS.join(' or ')}`);
}
const number = (
  name: 'seconds' | 'rate' | 'hold' | 'side' | 'clients',
  otherwise: number,
  most: number,
): number => {
  const value = Number(values[name] ?? otherwise);
  if (!(value > 0 && value <= most)) throw new RangeError(`--${name}: must be a number up to ${most}`);
  return value;
};
const seconds = number('seconds', values.quick ? 3 : 15, 600);
const rate = number('rate', values.quick ? 50 : 200, 5000);
const hold = number('hold', values.quick ? 5 : 120, 3600);

const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-serve-'));
const program = fileURLToPath(new URL('../../../../bin/hourglass.js', import.meta.url));
let service: ChildProcess | undefined;
try {
  const { processor, cores } = describeMachine();
  const before = loadavg()[0]!.toFixed(2);
  console.log(
    `${processor}, ${cores} cores, Node ${process.versions.node}, load ${before} before; ${values.workers} worker(s)\n`,
  );
  if (values.part !== 'health') await measureLoad();
  if (values.part !== 'load') {
    const side = number('side', 128, 1024);
    const clients = number('clients', 4, 64);
    const url = await start(await untrainedModel(join(folder, 'large'), side));
    await meanwhile(url, 'bench', { side, clients, seconds });
  }
} finally {
  service?.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

async function measureLoad(): Promise<void> {
  const run =
    values.run ??
    (
      await train('stacked', {
        data: 'mnist-10k',
        epochs: 1,
        out: join(folder, 'stacked'),
        tensorboard: 'none',
      })
    ).folder;
  const url = await start(run);
  const { test } = await openDataset('mnist-10k');
  const digit = test.images.subarray(0, 784);
  const path = '/v1/models/bench/reconstruct?encoding=base64';
  const data = Buffer.from(digit).toString('base64');
  const json: Target = {
    url,
    path,
    type: 'application/json',
    body: Buffer.from(JSON.stringify({ images: { type: 'uint8', data } })),
  };
  const png: Target = {
    url,
    path,
    type: 'image/png',
    body: Buffer.from(encodePng({ width: 28, height: 28, channels: 1, data: digit })),
  };
  console.log('reconstruct of one 28 × 28 image a request; times in ms\n');
  console.log('body    clients  requests/s     p50     p99     max  lost');
  await closedLoop(json, 8, Math.min(3, seconds));
  for (const [name, target] of Object.entries({ base64: json, png })) {
    for (const clients of [1, 16, 64]) {
      line(name, String(clients), await closedLoop(target, clients, seconds), seconds);
    }
  }
  console.log(
    `\nheld: ${rate} requests/s for ${hold} s, beside 50 slow clients and 10 malformed ones a second`,
  );
  const memory: number[] = [];
  const end = nuisance(url, 50);
  let measured: Promise<unknown> = Promise.resolve();
  const outcomes = await openLoop(json, rate, hold, () => {
    measured = residentBytes(url).then((bytes) => memory.push(bytes));
  });
  await measured;
  end();
  line('base64', 'held', outcomes, hold);
  const half = memory.slice(memory.length >> 1);
  const growth = (60 * slope(half)) / 2 ** 20;
  console.log(
    `memory ${mib(memory[0] ?? 0)} MiB at first, ${mib(memory.at(-1) ?? 0)} at the end, ${mib(Math.max(...memory))} at most` +
      // From a few seconds nothing can be told.
      (hold < 60 ? '' : `; over the second half ${growth.toFixed(2)} MiB a minute`),
  );
  service?.kill('SIGTERM');
}

function start(run: string): Promise<URL> {
  const args = ['serve', `bench=${run}`, '--port', '0', '--workers', values.workers];
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  service = child;
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const found = /http:\/\/\S+/.exec(text);
      if (found !== null) resolve(new URL(found[0]));
    });
    child.on('exit', (code) => reject(new Error(`hourglass serve ended with code ${code}`)));
  });
}

function line(body: string, clients: string, outcomes: readonly Outcome[], duration: number): void {
  const good = outcomes.filter(({ status }) => status === 200).map(({ time }) => time);
  good.sort((a, b) => a - b);
  const at = (level: number) =>
    (good[Math.min(good.length - 1, Math.floor(level * good.length))] ?? Number.NaN).toFixed(1);
  const cells = [
    (good.length / duration).toFixed(0).padStart(10),
    ...[at(0.5), at(0.99), at(1)].map((text) => text.padStart(7)),
  ];
  const lost = outcomes.length - good.length;
  console.log(`${body.padEnd(7)} ${clients.padStart(7)}  ${cells.join(' ')}  ${String(lost).padStart(4)}`);
}

async function residentBytes(url: URL): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

/** Of values a second apart: least squares, a second. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let [top, bottom] = [0, 0];
  for (const [i, value] of values.entries()) {
    top += (i - middle) * (value - mean);
    bottom += (i - middle) ** 2;
  }
  return bottom === 0 ? 0 : top / bottom;
}
