/**
 * `npm run bench`: training steps of four kinds of network and the encoding of 10,000 digits, against PyTorch, JAX
 * and the floor, all interleaved in one run; then start-up, memory, and what logging costs. Nothing else should run
 * meanwhile.
 *
 *     npm run bench -- --rounds 15 --networks dense,convolutional --peers pytorch,jax --late 1500
 *     npm run bench -- --quick             fewer rounds, no late steps
 *     npm run bench -- --peers none        without Python
 *     npm run bench -- --page              only docs/performance.md, from the newest results
 *
 * Python is HOURGLASS_PYTHON, or python3. Results go to bench/results/<date>.json and .md, and from there to
 * docs/performance.md.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDataset } from '../src/data/open.ts';
import { defaultThreads, describeMachine } from '../src/runtime/index.ts';
import { Contestant, programs } from './contestant.ts';
import { measureLogging } from './logging.ts';
import { measure } from './measure.ts';
import { costOf, NETWORKS, type Network, networkNamed, PIXELS } from './networks.ts';
import { writePage } from './page.ts';
import type { Setup } from './protocol.ts';
import { asMarkdown, type Measured, type Report } from './report.ts';
import { measureMemory, measureStartUp } from './startup.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    networks: { type: 'string', default: NETWORKS.map(({ name }) => name).join(',') },
    peers: { type: 'string', default: 'pytorch,jax' },
    late: { type: 'string' },
    threads: { type: 'string', default: String(defaultThreads()) },
    out: { type: 'string' },
    quick: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});
const whole = (name: string, text: string, least: number) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`--${name}: must be a whole number from ${least}, got ${text}`);
  }
  return value;
};
const rounds = whole('rounds', values.rounds ?? (values.quick ? '5' : '15'), 1);
const lateSteps = whole('late', values.late ?? (values.quick ? '0' : '1500'), 0);
const threads = whole('threads', values.threads, 1);
const networks = values.networks.split(',').map(networkNamed);
const peers = values.peers === 'none' ? [] : values.peers.split(',');

const root = new URL('../../../', import.meta.url);
// The kernels' loader looks for them beside itself, in the bench's own copy of the build.
copyFileSync(
  new URL('src/kernels/kernels.wasm', root),
  new URL('../src/kernels/kernels.wasm', import.meta.url),
);

const log = (line: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
};
const load = () => loadavg().map((value) => Number(value.toFixed(2)));
const results = values.out ?? fileURLToPath(new URL('bench/results/', root));
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
const running: Contestant[] = [];
const versions: Record<string, string> = {
  hourglass: version(fileURLToPath(new URL('package.json', root))),
  node: process.versions.node,
  onnxruntime: version('onnxruntime-node/package.json'),
};
try {
  if (!values.page) await bench();
  console.log(`written: ${await writePage(fileURLToPath(root), results)}`);
} finally {
  for (const contestant of running) contestant.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const before = load();
  const { train } = await openDataset('mnist-10k');
  const data = join(folder, 'images');
  writeFileSync(data, train.images.subarray(0, train.count * PIXELS));
  const absent: Record<string, string> = {};
  const measured: Measured[] = [];
  for (const network of networks) {
    measured.push(await contest(network, { data, images: train.count, threads, seed: 1 }, absent));
  }
  log('start-up, memory, logging');
  const startUp = await measureStartUp(values.quick ? 2 : 5);
  const memory = await measureMemory();
  const logging = await measureLogging(values.quick ? 2 : 7, log);
  log('');
  const report: Report = {
    date: new Date().toISOString().slice(0, 16),
    machine: describeMachine(),
    threads,
    load: { before, after: load() },
    versions,
    rounds,
    lateSteps,
    absent,
    measured,
    startUp,
    memory,
    logging,
  };
  mkdirSync(results, { recursive: true });
  const name = join(results, report.date.replace(':', ''));
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(`${name}.md`, asMarkdown(report));
  console.log(asMarkdown(report));
}

/** All programs on one network; processes of their own, so that none has another's memory or threads. */
async function contest(
  network: Network,
  setup: Omit<Setup, 'network'>,
  absent: Record<string, string>,
): Promise<Measured> {
  const { name, about, aims, batches } = network;
  const cost = costOf(network);
  for (const program of programs(peers, process.env.HOURGLASS_PYTHON ?? 'python3')) {
    if (program.name === 'floor' && aims.floor === undefined) continue;
    log(`${name}: starting ${program.name}`);
    const started = await Contestant.start(program, { ...setup, network: name });
    if (typeof started === 'string') {
      absent[program.name] = started;
      continue;
    }
    running.push(started);
    const { parameters } = started.ready;
    if (parameters !== 0 && parameters !== cost.parameters) {
      throw new Error(
        `${program.name} trains ${parameters} parameters, not ${cost.parameters}: another network`,
      );
    }
    Object.assign(versions, started.ready.versions);
  }
  const plan = { batches, rounds, lateSteps: name === 'dense' ? lateSteps : 0 };
  const measurements = await measure(running, { ...plan, log: (line) => log(`${name}: ${line}`) });
  for (const contestant of running.splice(0)) contestant.stop();
  return { network: { name, about, aims }, cost, measurements };
}

function version(name: string): string {
  const file = createRequire(import.meta.url).resolve(name);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
