/**
 * `npm run results`: trains every recipe on all of MNIST, measures it on the 10,000 test digits and writes
 * docs/results.md with its pictures. Each is a sweep of one or more seeds, so what is finished is not done again: run it
 * once more to go on. Hours on two cores; nothing else should run meanwhile, as it states times.
 *
 *     HOURGLASS_DATA=<folder with MNIST's IDX files> npm run results
 *     npm run results -- --quick                  every recipe on the 10,000 embedded digits, in less than an hour
 *     npm run results -- --only code3d,vae20      some of them; the page shows what there is
 *     npm run results -- --page                   only the page, from what is there
 *     npm run results -- --only anchors           better networks and longer trainings, against better figures
 *     npm run results -- --only seeds             recipes over five seeds, where one seed would decide
 *     npm run results -- --only fashion           recipes on Fashion-MNIST
 *     npm run results -- --only tables --tables <folder with ten tables of ADBench>
 *
 * The tables are measured with the others where their folder is known (see tablesFolder in tables.ts), Fashion-MNIST where it is on this
 * machine.
 *
 * Sweeps lie in runs/results/<name>.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HourglassError, openDataset, probePixels, probeRun } from 'hourglass';
import { trainAnchors } from './anchors.ts';
import { hasFashion, trainFashion } from './fashion.ts';
import { measuredOnce, once, trained } from './once.ts';
import { writePage, writeSections } from './page.ts';
import { PLAN, type PlannedRun } from './plan.ts';
import { trainQuick } from './quick.ts';
import { trainSeeds } from './seeds.ts';
import { tablesFolder, trainTables } from './tables.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RUNS = join(ROOT, 'runs', 'results');

/** The widest code that is probed; of 60,000 images it takes half a gigabyte. */
const WIDEST_PROBE = 2048;

/** Sections of their own, by their names among the names of runs. */
const ANCHORS = 'anchors';
const SEEDS = 'seeds';
const FASHION = 'fashion';
const TABLES = 'tables';
const SECTIONS = [ANCHORS, SEEDS, FASHION, TABLES];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    page: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    tables: { type: 'string' },
  },
});

try {
  await mkdir(RUNS, { recursive: true });
  console.log(await (values.quick ? quick() : all()));
} catch (error) {
  if (!(error instanceof HourglassError)) throw error;
  console.error(`results: ${error.message}`);
  process.exitCode = error.exitCode;
}

/** All of MNIST, and other data. Returns the page. */
async function all(): Promise<string> {
  const names = values.only?.split(',');
  const isAsked = (name: string) => names === undefined || names.includes(name);
  const chosen = choose(names?.filter((name) => !SECTIONS.includes(name)));
  if (!values.page) {
    const folder = isAsked(TABLES) ? tablesFolder(values.tables) : null;
    if (names?.includes(TABLES) && folder === null) throw noTables();
    if (chosen.length > 0 || isAsked(SEEDS) || isAsked(ANCHORS)) await requireAllDigits();
    for (const [i, planned] of chosen.entries()) {
      process.stdout.write(`${i + 1} of ${chosen.length}: ${planned.name} `);
      const out = join(RUNS, planned.name);
      await once(planned, { data: 'mnist', out });
      console.log();
      await measureProbe(out);
    }
    if (isAsked(ANCHORS)) await trainAnchors(join(RUNS, ANCHORS));
    if (isAsked(SEEDS)) await trainSeeds(join(RUNS, SEEDS));
    if (names?.includes(FASHION) ?? (await hasFashion())) await trainFashion(join(RUNS, FASHION));
    if (folder !== null) await trainTables(folder, join(RUNS, TABLES));
  }
  // Sections alone leave the rest of the page as it is.
  return names?.every((name) => SECTIONS.includes(name)) ? writeSections(ROOT, RUNS) : writePage(ROOT, RUNS);
}

/** Every recipe of digits on those that come along. */
async function quick(): Promise<string> {
  if (!values.page) await trainQuick(join(RUNS, 'quick-set'), values.only?.split(','));
  return writeSections(ROOT, RUNS);
}

function choose(names: readonly string[] | undefined): readonly PlannedRun[] {
  if (names === undefined) return PLAN;
  return names.map((name) => {
    const found = PLAN.find((planned) => planned.name === name);
    if (found !== undefined) return found;
    throw new HourglassError('usage', {
      subject: '--only',
      rule: `must be of ${[...PLAN.map((planned) => planned.name), ...SECTIONS].join(', ')}`,
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
async function measureProbe(out: string): Promise<void> {
  const [run] = await trained(out);
  if (run === undefined) return;
  const { folder, evaluation } = run;
  await measuredOnce(join(folder, 'probe.json'), async () =>
    evaluation.codeUnits > WIDEST_PROBE ? null : probeRun(folder),
  );
  await measuredOnce(join(RUNS, 'probe-pixels.json'), () => probePixels(folder));
}
