/**
 * `npm run bench`: training steps of five kinds of network and the use of a model, against PyTorch, JAX and the floor, and
 * the dense network against TensorFlow.js and jax-js, all interleaved in one run; then start-up, memory, what logging,
 * checkpoints and loading cost, and how training scales. Nothing else should run meanwhile.
 *
 *     npm run bench -- --rounds 15 --networks dense,convolutional --peers pytorch,jax --late 1500
 *     npm run bench -- --quick             fewer rounds, no late steps, PyTorch uncompiled
 *     npm run bench -- --only scaling      some of table (training), throughput (use), costs, scaling
 *     npm run bench -- --peers none        hourglass and the floor alone
 *     npm run bench -- --page              only docs/performance.md, from the newest whole run
 *
 * Python is HOURGLASS_PYTHON, or python3; `npm ci --prefix bench/peers` installs the peers in JavaScript. Results go to
 * bench/results/<date>.json and .md, and those of a whole run from there to docs/performance.md.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDataset } from '../src/data/open.ts';
import { describeMachine } from '../src/node/machine.ts';
import { Contestant } from './contestant.ts';
import { costOf } from './cost.ts';
import { measureCosts } from './costs.ts';
import { asMarkdown } from './markdown.ts';
import { measure } from './measure.ts';
import type { Network } from './networks.ts';
import { readOptions } from './options.ts';
import { writePage } from './page.ts';
import { programsFor } from './programs.ts';
import type { Setup } from './protocol.ts';
import type { Measured, Report } from './report.ts';
import { measureScaling } from './scaling.ts';

const { rounds, lateSteps, threads, parts, networks, peers, isWhole, quick, ...options } = readOptions();

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
const results = options.out ?? fileURLToPath(new URL('bench/results/', root));
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
const running: Contestant[] = [];
const versions: Record<string, string> = {
  hourglass: version(fileURLToPath(new URL('package.json', root))),
  node: process.versions.node,
  onnxruntime: version(fileURLToPath(new URL('vendor/onnxruntime-node/package.json', root))),
};
try {
  if (!options.page) await bench();
  if (options.page || isWhole) console.log(`written: ${await writePage(fileURLToPath(root), results)}`);
} finally {
  for (const contestant of running) contestant.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const before = load();
  const { train } = await openDataset('mnist-10k');
  const data = join(folder, 'images');
  writeFileSync(data, train.images.subarray(0, train.count * 28 * 28));
  const absent: Record<string, string> = {};
  const measured: Measured[] = [];
  for (const network of networks) {
    measured.push(await contest(network, { data, images: train.count, threads, seed: 1, quick }, absent));
  }
  const costs = parts.includes('costs') ? await measureCosts(folder, train, { quick, log }) : null;
  const scaling = parts.includes('scaling')
    ? await measureScaling(train, { rounds: Math.min(rounds, 7), threads, quick, folder, log })
    : null;
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
    costs,
    scaling,
  };
  mkdirSync(results, { recursive: true });
  const name = join(results, report.date.replace(':', '') + (isWhole ? '' : `-${parts.join('-')}`));
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
  const { name, about, work, aims, batches } = network;
  const cost = costOf(network);
  for (const program of programsFor(network, peers)) {
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
  return { network: { name, about, work, aims }, cost, measurements };
}

function version(name: string): string {
  const file = createRequire(import.meta.url).resolve(name);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
