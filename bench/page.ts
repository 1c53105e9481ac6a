/** docs/performance.md and its pictures, from the newest whole run: what was aimed at, what was reached. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { svgToPng } from '../src/raster/index.ts';
import { pageLines } from './browser/report.ts';
import { costLines } from './costs.ts';
import { SLOW_MS, SLOW_ROUNDS } from './measure.ts';
import { scalingPlot, throughputPlot, title } from './plots.ts';
import { caution, circumstances, type Report, RIVALS, type Standing, standings } from './report.ts';
import { scalingLines } from './scaling-tables.ts';
import { studioLines } from './studio.ts';
import { watchingLines } from './watching.ts';
import { format, number, whole } from './words.ts';

/** The parts that are measured in a browser, which may be a run of their own. */
type InBrowser = 'page' | 'studio' | 'watching';

/** A report of all parts outside a browser. */
type WholeReport = { [Key in keyof Report]: Key extends InBrowser ? Report[Key] : NonNullable<Report[Key]> };

/** The newest report of a part in a browser, and the file that it is in. */
interface Part<Name extends InBrowser> {
  report: Report & { [Key in Name]: Exclude<Report[Key], null | string> };
  source: string;
}

/** Writes all and gives the page's path. */
export async function writePage(root: string, results: string): Promise<string> {
  const files = (await readdir(results)).filter((name) => name.endsWith('.json')).sort();
  const newest = files.findLast((name) => /^\d{4}-[\dT-]*\.json$/.test(name));
  if (newest === undefined) throw new Error(`${results}: holds no whole run; leave out --page and --only`);
  const read = async (name: string) =>
    JSON.parse(await readFile(join(results, name), 'utf8')) as Partial<Report>;
  const newestOf = async <Name extends InBrowser>(part: Name): Promise<Part<Name> | null> => {
    for (const name of files.toReversed()) {
      const report = await read(name);
      if (report[part] && typeof report[part] !== 'string')
        return { report: report as Part<Name>['report'], source: markdownName(name) };
    }
    return null;
  };
  const report = await read(newest);
  if (!isWhole(report)) {
    throw new Error(`${join(results, newest)}: an older bench wrote it; run it anew, without --page`);
  }
  const all = report.measured.flatMap(standings);
  const pictures = join(root, 'docs', 'pictures');
  const draw = async (name: string, svg: string) =>
    writeFile(join(pictures, name), await svgToPng(svg, { scale: 2 }));
  await draw('performance.png', throughputPlot(all));
  await draw('performance-scaling.png', scalingPlot(report.scaling));
  const file = join(root, 'docs', 'performance.md');
  const notes = await readFile(join(root, 'bench', 'notes.md'), 'utf8');
  const inBrowser = {
    page: await newestOf('page'),
    studio: await newestOf('studio'),
    watching: await newestOf('watching'),
  };
  await writeFile(file, markdownOf(report, markdownName(newest), inBrowser, notes));
  return file;
}

const markdownName = (name: string) => name.replace('.json', '.md');

const isWhole = (report: Partial<Report>): report is WholeReport =>
  report.measured !== undefined && Boolean(report.costs) && Boolean(report.scaling);

function markdownOf(
  report: WholeReport,
  source: string,
  { page, studio, watching }: { [Name in InBrowser]: Part<Name> | null },
  notes: string,
): string {
  const { measured, costs, scaling, absent } = report;
  const training = measured.filter(({ network }) => network.work === 'training');
  const using = measured.filter(({ network }) => network.work !== 'training');
  const abouts = (some: typeof measured) =>
    some.map(
      ({ network, cost }) => `- **${network.name}**: ${network.about}; ${whole(cost.parameters)} parameters.`,
    );
  return `# Performance

Written by \`npm run bench\`, from [these results](../bench/results/${source}). All programs run in one go, a round at a
time, each in a process of its own, and wait without using a core. A ratio is taken within a round, their time divided
by ours: above 1, hourglass is faster. Medians, with quartiles in brackets; next to them the ratio of the fastest steps of
each round, which is steadier on a machine that others use too. What is reached goes by the medians.

${[circumstances(report), caution(report)].filter((text) => text !== null).join('\n\n')}

![Throughput against PyTorch and JAX](pictures/performance.png)

## Training

${table(training.flatMap(standings), false)}

${abouts(training).join('\n')}
- A step is whole: bytes gathered and scaled, noise and masks drawn, forward, backward, Adam, the loss read.
- **PyTorch** and **JAX** are in the best of several modes for each network (eager, compiled, channels last, fused Adam, the
  C library told to keep memory; the ways to draw random numbers, a network's products written in other ways), each mode
  in a process of its own, subnormal numbers flushed; donated buffers in JAX.
- **TensorFlow.js** and **jax-js** run on WebAssembly in Node, with as many threads as the others: Node's threads stand in
  for Web Workers (\`bench/peers/\`).
- **Floor**: the operations of all products at the speed at which ONNX Runtime multiplies square matrices (1024³) on the
  same threads, and the bytes of parameters, optimiser and layers at the speed of copying memory. With a penalty, whose
  products are not counted, there is none.
- Steps that take more than ${SLOW_MS} ms are measured in ${SLOW_ROUNDS} rounds, and fewer of them.
${Object.entries(absent)
  .map(([name, why]) => `- ${name}: ${why}.\n`)
  .join('')}
## Using a model

${table(using.flatMap(standings), true)}

${abouts(using).join('\n')}

## What else it costs

${costLines(costs).join('\n')}

## How it scales

Hourglass alone.

![How training scales with batch, threads, image size and data set](pictures/performance-scaling.png)

${scalingLines(scaling).join('\n')}

${page ? section('In a page', page, pageLines(page.report.page)) : ''}${studio ? section('The studio', studio, studioLines(studio.report.studio)) : ''}${watching ? section('Training in the studio', watching, watchingLines(watching.report.watching)) : ''}${notes}`;
}

/** A part that was measured in a browser, with the run that it is from. */
const section = (
  heading: string,
  { report, source }: { report: Report; source: string },
  lines: readonly string[],
) =>
  `## ${heading}

From [these results](../bench/results/${source}). ${circumstances(report)}

${lines.join('\n')}

`;

/** Each of ours against each of the others; of the use of a model, with our images a second too. */
function table(all: readonly Standing[], withThroughput: boolean): string {
  const column = (cell: string) => (withThroughput ? [cell] : []);
  const rows = all.map((standing) => {
    const { batch, ours, rival, mode, theirs, ratio, ofFastest, aim } = standing;
    return [
      title(standing),
      `${format(ours)} ms`,
      ...column(whole((1000 * batch) / ours.median)),
      RIVALS[rival],
      `${format(theirs)} ms${rival === 'floor' ? '' : ` (${mode})`}`,
      `**${number(ratio.median)}** (${number(ratio.low)}–${number(ratio.high)})`,
      number(ofFastest.median),
      aim === null ? '–' : `≥ ${aim}`,
      aim === null ? '–' : ratio.median >= aim ? 'yes' : '**no**',
    ];
  });
  const names = [
    'work, batch',
    'hourglass',
    ...column('images/s'),
    'against',
    'theirs',
    'ratio',
    'of fastest',
    'aim',
    'reached',
  ];
  const rules = names.map((name) => (name === 'work, batch' || name === 'against' ? '---' : '---:'));
  return [names, rules, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
