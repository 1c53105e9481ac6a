/**
 * `npm run results`: trains every recipe on all of MNIST, measures it on the 10,000 test digits and writes
 * docs/results.md with its pictures. What is finished is not done again: run it once more to go on. Hours on
 * two cores; nothing else should run meanwhile, as it states times.
 *
 *     HOURGLASS_DATA=<folder with MNIST's IDX files> npm run results
 *     npm run results -- --only code3d,vae20      some of them; the page shows what there is
 *     npm run results -- --page                   only the page, from what is there
 *     npm run results -- --only fashion           recipes on Fashion-MNIST
 *     npm run results -- --only tables --tables <folder with ten tables of ADBench>
 *
 * The tables are measured with the others where their folder is known (see tablesFolder in tables.ts), Fashion-MNIST where it is on this
 * machine.
 *
 * Runs lie in runs/results/<name>.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HourglassError, loadModel, openDataset, probePixels, probeRun } from 'hourglass';
import { hasFashion, trainFashion } from './fashion.ts';
import { writeOtherData, writePage } from './page.ts';
import { PLAN, type PlannedRun } from './plan.ts';
import { tablesFolder, trainTables } from './tables.ts';
import { trainOnce } from './train-once.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RUNS = join(ROOT, 'runs', 'results');

/** The widest code that is probed; of 60,000 images it takes half a gigabyte. */
const WIDEST_PROBE = 2048;

/** The names of what is measured on ten tables and on Fashion-MNIST, among the names of runs. */
const TABLES = 'tables';
const FASHION = 'fashion';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    page: { type: 'boolean', default: false },
    tables: { type: 'string' },
  },
});

try {
  const names = values.only?.split(',');
  const isOtherData = (name: string) => name === TABLES || name === FASHION;
  const chosen = choose(names?.filter((name) => !isOtherData(name)));
  const folder =
    values.page || (names !== undefined && !names.includes(TABLES)) ? null : tablesFolder(values.tables);
  if (names?.includes(TABLES) && folder === null && !values.page) throw noTables();
  await mkdir(RUNS, { recursive: true });
  if (!values.page) {
    if (chosen.length > 0) await requireAllDigits();
    for (const [i, planned] of chosen.entries()) {
      console.log(`${i + 1} of ${chosen.length}: ${planned.name}`);
      await trainOnce(planned, 'mnist', { runs: RUNS, out: join(RUNS, planned.name) });
      await probeOnce(planned);
    }
    if (names?.includes(FASHION) ?? (await hasFashion())) await trainFashion(join(RUNS, FASHION));
    if (folder !== null) await trainTables(folder, join(RUNS, TABLES));
  }
  // Other data alone leave the rest of the page as it is.
  const write = names?.every(isOtherData) ? writeOtherData : writePage;
  console.log(await write(ROOT, RUNS));
} catch (error) {
  if (!(error instanceof HourglassError)) throw error;
  console.error(`results: ${error.message}`);
  process.exitCode = error.exitCode;
}

function choose(names: readonly string[] | undefined): readonly PlannedRun[] {
  if (names === undefined) return PLAN;
  return names.map((name) => {
    const found = PLAN.find((planned) => planned.name === name);
    if (found !== undefined) return found;
    throw new HourglassError('usage', {
      subject: '--only',
      rule: `must be of ${[...PLAN.map((planned) => planned.name), FASHION, TABLES].join(', ')}`,
      got: name,
    });
  });
}

function noTables(): HourglassError {
  return new HourglassError('data', {
    subject: TABLES,
    rule: 'needs a folder with ten tables of ADBench as NPZ files',
    got: 'none',
    hint: 'name it: --tables <folder>, or set HOURGLASS_TABLES',
  });
}

/** Without a network mnist-10k would take MNIST's place, and the page's name would be false. */
async function requireAllDigits(): Promise<void> {
  const { name } = await openDataset('mnist');
  if (name === 'mnist') return;
  throw new HourglassError('data', {
    subject: 'mnist',
    rule: 'must be all of MNIST',
    got: name,
    hint: 'set HOURGLASS_DATA to a folder with its four IDX files',
  });
}

/** Probes are kept beside the run; the pixels' own in the folder of all. */
async function probeOnce({ name }: PlannedRun): Promise<void> {
  const run = join(RUNS, name);
  await once(join(run, 'probe.json'), async () =>
    (await codeUnits(run)) > WIDEST_PROBE ? null : probeRun(run),
  );
  await once(join(RUNS, 'probe-pixels.json'), () => probePixels(run));
}

async function codeUnits(run: string): Promise<number> {
  const model = await loadModel(run);
  await model.dispose();
  return model.info.codeUnits;
}

async function once(file: string, measure: () => Promise<unknown>): Promise<void> {
  if (existsSync(file)) {
    JSON.parse(await readFile(file, 'utf8'));
    return;
  }
  const result = `${JSON.stringify(await measure(), null, 2)}\n`;
  await writeFile(`${file}.tmp`, result);
  await rename(`${file}.tmp`, file);
}
