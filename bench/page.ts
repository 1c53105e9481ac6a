/** docs/performance.md and its picture, from the newest results: what was aimed at, what was reached. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bars, svgToPng } from '../src/render/index.ts';
import { circumstances, format, number, type Report, type Standing, standings } from './report.ts';

const RIVALS = { pytorch: 'PyTorch', jax: 'JAX', floor: 'the floor' } as const;

/** Writes both and gives the page's path. */
export async function writePage(root: string, results: string): Promise<string> {
  const newest = (await readdir(results))
    .filter((name) => /^\d{4}-.*\d{4}\.json$/.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) throw new Error(`${results}: holds no results; leave out --page`);
  const report = JSON.parse(await readFile(join(results, newest), 'utf8')) as Report;
  const all = report.measured.flatMap(standings);
  const file = join(root, 'docs', 'performance.md');
  await writeFile(join(root, 'docs', 'pictures', 'performance.png'), await picture(all));
  const notes = await readFile(join(root, 'bench', 'notes.md'), 'utf8');
  const source = newest.replace('.json', '.md');
  await writeFile(file, page(report, all, source, notes));
  return file;
}

const title = ({ network, batch }: Standing) => `${network}, ${batch.toLocaleString('en')}`;

function picture(all: readonly Standing[]): Promise<Uint8Array> {
  const peers = all.filter(({ rival }) => rival !== 'floor');
  const svg = bars({
    title: 'Throughput, as a multiple of the other’s best mode',
    subtitle: 'medians of interleaved rounds; network, images in a batch',
    xLabel: 'times as many images a second',
    items: peers.map((standing) => ({
      name: `${title(standing)}: ${RIVALS[standing.rival]}`,
      note: `aim ${standing.aim}; quartiles ${number(standing.ratio.low)} to ${number(standing.ratio.high)}`,
      value: standing.ratio.median,
      text: number(standing.ratio.median),
    })),
    reference: { name: 'as fast', value: 1 },
  });
  return svgToPng(svg, { scale: 2 });
}

function page(report: Report, all: readonly Standing[], source: string, notes: string): string {
  const rows = all.map((standing) => [
    title(standing),
    `${format(standing.ours)} ms`,
    RIVALS[standing.rival],
    standing.rival === 'floor'
      ? `${format(standing.theirs)} ms`
      : `${format(standing.theirs)} ms (${standing.mode})`,
    `**${number(standing.ratio.median)}** (${number(standing.ratio.low)}–${number(standing.ratio.high)})`,
    `≥ ${standing.aim}`,
    standing.ratio.median >= standing.aim ? 'yes' : '**no**',
  ]);
  const networks = report.measured.map(
    ({ network, cost }) =>
      `- **${network.name}**: ${network.about}; ${cost.parameters.toLocaleString('en')} parameters.`,
  );
  const { startUp, memory, logging } = report;
  const percent = ({ median, low, high }: { median: number; low: number; high: number }) =>
    `${(100 * (median - 1)).toFixed(1)} % (${(100 * (low - 1)).toFixed(1)} to ${(100 * (high - 1)).toFixed(1)})`;
  const cost = logging.levels.filter(({ level }) => level !== 'none');
  return `# Performance

Written by \`npm run bench\`, from [these results](../bench/results/${source}). All programs run in one go, a round at a
time, each in a process of its own, and wait without using a core. A ratio is taken within a round, their time divided
by ours: above 1, hourglass is faster. Medians, with quartiles in brackets.

${circumstances(report)}

![Throughput against PyTorch and JAX](pictures/performance.png)

| network, batch | hourglass | against | theirs | ratio | aim | reached |
| --- | ---: | --- | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

${networks.join('\n')}
- A step is whole: bytes gathered and scaled, noise and masks drawn, forward, backward, Adam, the loss read.
- **PyTorch** and **JAX** are in the best of several modes for each network (eager, compiled, channels last, fused Adam;
  the ways to draw random numbers, a network's products written in other ways), subnormal numbers flushed; donated buffers in JAX.
- **Floor**: the operations of all products at the speed at which ONNX Runtime multiplies square matrices (1024³) on the
  same threads, and the bytes of parameters, optimiser and layers at the speed of copying memory.
${Object.entries(report.absent)
  .map(([name, why]) => `- ${name}: ${why}.\n`)
  .join('')}
From the command to the first training step: ${startUp.firstStep ? `${(startUp.firstStep.median / 1000).toFixed(2)} s (${(startUp.firstStep.min / 1000).toFixed(2)} to ${(startUp.firstStep.max / 1000).toFixed(2)})` : startUp.note}. Peak
memory of training \`stacked\` on all of MNIST: ${memory.peakMiB === null ? memory.note : `${memory.peakMiB.toFixed(0)} MiB`}. Event files for TensorBoard add to the
processor time of training \`vae20\` ${cost.map(({ level, ratio }) => `with \`--tensorboard ${level}\` ${percent(ratio)}`).join(', ')}.

${notes}`;
}
