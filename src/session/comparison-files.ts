/** Runs read from their folders and compared, in figures and on a page. */

import { basename, dirname, join, resolve } from 'node:path';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { readResults } from '../evaluation/results.ts';
import type { SessionData } from '../runs/index.ts';
import { readManifest, readMetrics, trueStatus, writeWhole } from '../store/index.ts';
import type { Comparison, RunFacts } from '../views/index.ts';
import { compareRuns } from './picture-runs.ts';
import { pageImages } from './report-file.ts';

const PAGE_FILE = 'compare.html';

/** A comparison, and the files it was written to. */
export interface WrittenComparison extends Comparison {
  /** The path of the page. */
  page: string;
  /** The paths of the pictures, as PNG; none if the runs' images have different sizes. */
  pictures: string[];
}

/**
 * Compares two or more finished runs and writes `compare.html` and its pictures into a folder.
 *
 * @param runs the folders of the runs.
 * @param out the folder to write into; it is created if it does not exist.
 * @throws HourglassError of kind `usage` for fewer than two runs, or one named twice; `run` if one is missing, damaged or not
 * finished.
 *
 * @example
 * ```ts
 * import { writeComparison } from 'hourglass';
 *
 * const { page, settings, figures } = await writeComparison(['runs/digits', 'runs/vae'], 'compared');
 * console.log(page, settings.length);
 * for (const { name, values } of figures) console.log(name, values);
 * ```
 */
export async function writeComparison(
  runs: readonly string[],
  out: string,
  options: SessionData = {},
): Promise<WrittenComparison> {
  if (runs.length < 2) {
    throw new HourglassError('usage', {
      subject: 'compare',
      rule: 'needs two or more runs',
      got: runs.length,
      hint: `'${command('report')}' makes a page of one run`,
    });
  }
  const twice = runs.find((run, i) => runs.findIndex((other) => resolve(other) === resolve(run)) < i);
  if (twice !== undefined) throw new HourglassError('usage', { subject: twice, rule: 'must be named once' });
  const { compareFacts, comparisonPage, higherIsBetter } = await import('../views/index.ts');
  // One after the other: of several that are unfit the first is named, every time.
  const facts: RunFacts[] = [];
  for (const folder of runs) facts.push(await readFacts(folder));
  const comparison = compareFacts(facts);
  const sizes = new Set(
    facts.map(({ manifest: { dataset } }) => `${dataset.height}×${dataset.width}×${dataset.channels}`),
  );
  const pictures = sizes.size === 1 ? await compareRuns(runs, out, options) : [];
  if (sizes.size > 1)
    comparison.notes.push(
      'Their images have different sizes or colours, so there are no pictures that compare them.',
    );
  else if (!comparison.sameImages)
    comparison.notes.push(`The pictures are of the test images of ${facts[0]!.manifest.dataset.name}.`);
  const names = pictures.map((file) => basename(file, '.png'));
  const images = pictures.length === 0 ? [] : await pageImages(dirname(pictures[0]!), names);
  const page = join(out, PAGE_FILE);
  const higher = higherIsBetter(facts.map(({ results }) => results));
  await writeWhole(page, comparisonPage(comparison, images, higher));
  return { ...comparison, page, pictures };
}

async function readFacts(folder: string): Promise<RunFacts> {
  const manifest = await readManifest(folder);
  const status = await trueStatus(folder, manifest);
  if (status !== 'finished') {
    throw new HourglassError('run', {
      subject: folder,
      rule: `must be a finished run: it is ${status}`,
      ...(status === 'stopped' ? { hint: `finish it: ${command('train', '--resume', folder)}` } : {}),
    });
  }
  const rows = await readMetrics(folder, manifest.epoch);
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  return { folder, manifest, results: await readResults(folder, manifest), seconds };
}
