/**
 * `npm run bench`: the training step of `stacked` against the bare matrix products on the same engine, PyTorch
 * and JAX, all interleaved in one run; then start-up and memory. Nothing else should run meanwhile.
 *
 *     npm run bench -- --rounds 15 --batches 32,128,512 --peers pytorch,jax --late 1500
 *     npm run bench -- --quick             fewer rounds, no late steps
 *     npm run bench -- --peers none        without Python
 *
 * Python is HOURGLASS_PYTHON, or python3. Results go to bench/results/<date>.json and .md.
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
import { measure } from './measure.ts';
import { FLOPS_PER_IMAGE, PARAMETERS, PIXELS } from './network.ts';
import { asMarkdown, type Report } from './report.ts';
import { measureMemory, measureStartUp } from './startup.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    batches: { type: 'string', default: '32,128,512' },
    peers: { type: 'string', default: 'pytorch,jax' },
    late: { type: 'string' },
    threads: { type: 'string', default: String(defaultThreads()) },
    out: { type: 'string' },
    quick: { type: 'boolean', default: false },
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
const batches = values.batches.split(',').map((text) => whole('batches', text, 1));
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
const before = loadavg().map((load) => Number(load.toFixed(2)));
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
const running: Contestant[] = [];
try {
  const { train } = await openDataset('mnist-10k');
  const data = join(folder, 'images');
  writeFileSync(data, train.images.subarray(0, train.count * PIXELS));
  const setup = { data, images: train.count, threads, seed: 1 };
  const absent: Record<string, string> = {};
  for (const program of programs(peers, process.env.HOURGLASS_PYTHON ?? 'python3')) {
    log(`starting ${program.name}`);
    const started = await Contestant.start(program, setup);
    if (typeof started === 'string') {
      absent[program.name] = started;
      continue;
    }
    running.push(started);
    const { parameters } = started.ready;
    if (parameters !== 0 && parameters !== PARAMETERS) {
      throw new Error(
        `${program.name} trains ${parameters} parameters, not ${PARAMETERS}: not the same network`,
      );
    }
  }
  const measurements = await measure(running, { batches, rounds, lateSteps, log });
  for (const contestant of running) contestant.stop();
  log('start-up and memory');
  const startUp = await measureStartUp(values.quick ? 2 : 5);
  const memory = await measureMemory();
  log('');
  const version = (name: string) =>
    (JSON.parse(readFileSync(createRequire(import.meta.url).resolve(name), 'utf8')) as { version: string })
      .version;
  const report: Report = {
    date: new Date().toISOString().slice(0, 16),
    machine: describeMachine(),
    threads,
    load: { before, after: loadavg().map((load) => Number(load.toFixed(2))) },
    versions: Object.assign(
      {
        hourglass: version(fileURLToPath(new URL('package.json', root))),
        node: process.versions.node,
        onnxruntime: version('onnxruntime-node/package.json'),
      },
      ...running.map(({ ready }) => ready.versions),
    ) as Record<string, string>,
    network: { name: 'stacked', parameters: PARAMETERS, flopsPerImage: FLOPS_PER_IMAGE },
    rounds,
    lateSteps,
    absent,
    startUp,
    memory,
    measurements,
  };
  const results = values.out ?? fileURLToPath(new URL('bench/results/', root));
  mkdirSync(results, { recursive: true });
  const name = join(results, `${report.date.replace(':', '')}-stacked`);
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(`${name}.md`, asMarkdown(report));
  console.log(asMarkdown(report));
  console.log(`written to ${name}.md and .json`);
} finally {
  for (const contestant of running) contestant.stop();
  rmSync(folder, { recursive: true, force: true });
}
