/**
 * `npm run bench:sweeps`: the searches of `hourglass sweep` against Optuna's on five recorded problems, and ASHA against
 * whole grids.
 *
 *     npm run bench:sweeps -- --repeats 100            a Python with Optuna: HOURGLASS_PYTHON, or python3
 *     npm run bench:sweeps -- --record quick vae       trains what is not recorded yet; minutes on one core
 *     npm run bench:sweeps -- --workers --trials 16    what a trial costs beyond its training, and two workers against one
 */
import { rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PROBLEMS } from './problems.ts';
import { record } from './record.ts';
import { asMarkdown, compare, halved } from './report.ts';
import { measureWorkers } from './workers.ts';

const { values, positionals } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    workers: { type: 'boolean', default: false },
    trials: { type: 'string' },
    repeats: { type: 'string' },
  },
  allowPositionals: true,
});
const chosen = PROBLEMS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const root = new URL('../../../../', import.meta.url);
// The bench's own copy of the build looks for what comes along where it lies itself.
for (const name of ['assets', 'vendor', 'recipes', 'src/kernels/kernels.wasm']) {
  const here = new URL(`../../${name}`, import.meta.url);
  rmSync(here, { force: true });
  symlinkSync(fileURLToPath(new URL(name, root)), here);
}

const numbers = (trials: number, repeats: number): [number, number] => [
  Number(values.trials ?? trials),
  Number(values.repeats ?? repeats),
];

if (values.workers) await measureWorkers(...numbers(16, 3), console.log);
else if (values.record) for (const problem of chosen) await record(problem, console.log);
else {
  const python = process.env.HOURGLASS_PYTHON || 'python3';
  const compared = compare(python, ...numbers(50, 20));
  console.log(
    asMarkdown(
      compared,
      PROBLEMS.map((problem) => halved(problem, 20)),
    ),
  );
}
