/**
 * `npm run bench`: training steps of five kinds of network and the use of a model, against PyTorch, JAX and the floor, and
 * the dense network against TensorFlow.js and jax-js, all interleaved in one run; then start-up, memory, what logging,
 * checkpoints and loading cost, how training scales, and hourglass in a page. Nothing else should run meanwhile.
 *
 *     npm run bench -- --rounds 15 --networks dense,convolutional --peers pytorch,jax --late 1500
 *     npm run bench -- --quick             fewer rounds, no late steps, PyTorch uncompiled
 *     npm run bench -- --only scaling      some of table (training), throughput (use), costs, scaling, page, studio, watching (a browser)
 *     npm run bench -- --only loading      pictures next to Pillow and torchvision, streams, encode; `--whole` with a million images
 *     npm run bench -- --peers none        hourglass and the floor alone
 *     npm run bench -- --page              only docs/performance.md, from the newest whole run
 *
 * Python is HOURGLASS_PYTHON, or python3; `npm ci --prefix bench/peers` installs the peers in JavaScript. Results go to
 * bench/results/<date>.json and .md, and those of a whole run from there to docs/performance.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openDataset } from 'hourglass';
import { describeMachine } from '../src/node/machine.ts';
import { PAGE_NETWORKS } from './browser/networks.ts';
import type { PageReport } from './browser/report.ts';
import { measureWaits } from './browser/waits.ts';
import { Contestant } from './contestant.ts';
import { type Cost, costOf } from './cost.ts';
import { measureCosts } from './costs.ts';
import { measureLoadingContest } from './loading-contest.ts';
import { asMarkdown } from './markdown.ts';
import { type Measurements, measure } from './measure.ts';
import type { Network } from './network.ts';
import { readOptions } from './options.ts';
import { writePage } from './page.ts';
import { type Program, pageProgramsFor, programsFor } from './programs.ts';
import type { Setup } from './protocol.ts';
import type { Measured, Report } from './report.ts';
import { measureScaling } from './scaling.ts';
import { measureStudio } from './studio.ts';
import { measureWatching } from './watching.ts';

const { rounds, lateSteps, threads, parts, networks, peers, isWhole, quick, ...options } = readOptions();

const root = new URL('../../../', import.meta.url);
// The bench's own copy of the build looks for what comes along where it lies itself.
for (const name of ['assets', 'vendor', 'src/kernels/kernels.wasm']) {
  const here = new URL(`../${name}`, import.meta.url);
  rmSync(here, { force: true });
  symlinkSync(fileURLToPath(new URL(name, root)), here);
}

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
    const setup = { data, images: train.count, threads, seed: 1, quick };
    const { cost, measurements } = await contest(network, programsFor(network, peers), setup, absent);
    const { name, about, work, aims } = network;
    measured.push({ network: { name, about, work, aims }, cost, measurements });
  }
  const costs = parts.includes('costs') ? await measureCosts(folder, train, { quick, log }) : null;
  const scaling = parts.includes('scaling')
    ? await measureScaling(train, { rounds: Math.min(rounds, 7), threads, quick, folder, log })
    : null;
  const page = parts.includes('page') ? await measurePage({ data, images: train.count }, absent) : null;
  const studio = parts.includes('studio')
    ? await measureStudio({ root: fileURLToPath(root), folder }, log)
    : null;
  const watching = parts.includes('watching')
    ? await measureWatching({ root: fileURLToPath(root), folder, rounds: Math.min(rounds, 7), log })
    : null;
  const loading = parts.includes('loading')
    ? await measureLoadingContest({
        folder,
        digits: train,
        rounds: Math.min(rounds, 5),
        isWhole: options.whole,
        log,
      })
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
    page,
    studio,
    watching,
    loading,
  };
  mkdirSync(results, { recursive: true });
  const name = join(results, report.date.replace(':', '') + (isWhole ? '' : `-${parts.join('-')}`));
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(`${name}.md`, asMarkdown(report));
  console.log(asMarkdown(report));
}

/** All programs on one network; processes of their own, so that none has another's memory or threads. */
async function contest(
  { name, batches, ...network }: Network,
  programs: readonly Program[],
  setup: Omit<Setup, 'network'>,
  absent: Record<string, string>,
): Promise<{ cost: Cost; measurements: Measurements; lossOff: number | null }> {
  const cost = costOf({ name, batches, ...network });
  for (const program of programs) {
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
  const lossOff = await lossOffIn100Steps();
  const plan = { batches, rounds, lateSteps: name === 'dense' ? lateSteps : 0 };
  const measurements = await measure(running, { ...plan, log: (line) => log(`${name}: ${line}`) });
  for (const contestant of running.splice(0)) contestant.stop();
  return { cost, measurements, lossOff };
}

/** Hourglass in a page, one thread, against Node and against others in a page; and what one waits for there. */
async function measurePage(
  images: Pick<Setup, 'data' | 'images'>,
  absent: Record<string, string>,
): Promise<PageReport> {
  const contests: PageReport['contests'] = [];
  for (const network of PAGE_NETWORKS) {
    const setup = { ...images, threads: 1, seed: 1, quick };
    const { measurements, lossOff } = await contest(network, pageProgramsFor(network, peers), setup, absent);
    const { name, about, aims, atMost } = network;
    contests.push({ network: { name, about, aims, atMost }, measurements, lossOff });
  }
  return { contests, waits: await measureWaits(quick ? 2 : 7, log) };
}

/** The loss that a page has after 100 steps against Node's, relative; null where they are not both there. */
async function lossOffIn100Steps(): Promise<number | null> {
  const both = ['page', 'node'].map((name) => running.find((one) => one.name === name));
  const losses: number[] = [];
  for (const one of both) {
    if (one === undefined) return null;
    // Of a batch size that is not measured: with a trainer of its own.
    const turn = { batch: 16, mode: one.ready.modes[0]!, warm: 99, steps: 1 };
    losses.push((await one.run(turn)).loss);
  }
  return Math.abs(losses[0]! / losses[1]! - 1);
}

function version(name: string): string {
  const file = createRequire(import.meta.url).resolve(name);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
