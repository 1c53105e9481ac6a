/** The measurements as a table for people (Markdown, also printed) and as JSON. */
import { bestOf, type Measurements, type Series } from './measure.ts';
import { FLOPS_PER_IMAGE } from './network.ts';
import type { Memory, StartUp } from './startup.ts';
import { pairedRatio, type Spread, spread } from './statistics.ts';

export interface Report {
  date: string;
  machine: { processor: string; cores: number; memoryGiB: number; platform: string };
  threads: number;
  load: { before: number[]; after: number[] };
  versions: Record<string, string>;
  network: { name: string; parameters: number; flopsPerImage: number };
  rounds: number;
  lateSteps: number;
  absent: Record<string, string>;
  startUp: StartUp;
  memory: Memory;
  measurements: Measurements;
}

/** Load per core before the bench began, above which its results are not to be quoted. */
const BUSY = 0.25;

const AIMS: Readonly<Record<string, number>> = { pytorch: 1.4, jax: 1, floor: 0.7 };

export function asMarkdown(report: Report): string {
  const { machine, versions, load, measurements } = report;
  const batches = [...new Set(measurements.series.map(({ batch }) => batch))];
  const lines = [
    `# Training step of \`${report.network.name}\`, ${report.date}`,
    '',
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}; ${report.threads} threads. ` +
      `Load average ${load.before.join(' ')} before, ${load.after.join(' ')} after. ` +
      `${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}.`,
    '',
    `784-512-256-128-11-128-256-512-784, ReLU, dropout 0.2 seven times, MAE, Adam; ${report.network.parameters.toLocaleString('en')} parameters. ` +
      `${report.rounds} rounds, interleaved; milliseconds a step are the median over rounds, with quartiles. ` +
      'A ratio is taken within each round, theirs / ours: above 1, hourglass is faster; that of the fastest steps of each round is the steadier where others use the machine too.',
    '',
  ];
  if (load.before[0]! > BUSY * machine.cores) {
    lines.push(
      '**Others used this machine meanwhile. Libraries that wait in OpenMP barriers (PyTorch) or spin (ONNX Runtime) lose many times over then: no result to quote.**',
      '',
    );
  }
  for (const late of report.lateSteps > 0 ? [false, true] : [false]) {
    lines.push(
      late
        ? `## After ${report.lateSteps.toLocaleString('en')} steps of training`
        : '## From the first steps on',
      '',
      ...table(batches, measurements.series, late),
      '',
    );
  }
  for (const [name, why] of Object.entries(report.absent)) lines.push(`- ${name}: ${why}.`);
  const failed = measurements.series.filter(({ failure }) => failure !== null);
  for (const { contestant, mode, batch, failure } of failed) {
    lines.push(`- ${contestant} (${mode}), batch ${batch}: failed: ${failure}`);
  }
  const { startUp, memory } = report;
  lines.push(
    `- Command to first training step: ${startUp.firstStep ? `${(startUp.firstStep.median / 1000).toFixed(2)} s (${(startUp.firstStep.min / 1000).toFixed(2)}–${(startUp.firstStep.max / 1000).toFixed(2)})` : startUp.note}.`,
    `- Peak memory of training on all of MNIST: ${memory.peakMiB === null ? memory.note : `${memory.peakMiB.toFixed(0)} MiB`}.`,
    `- Processor time taken by all that waited: ${(100 * measurements.idleShare).toFixed(1)} % of one core.`,
    '- Floor: the 23 matrix products of a step (forward, dW, and dX but for the first layer) as Gemm in one ONNX Runtime graph, nothing else.',
    '',
  );
  return lines.join('\n');
}

function table(batches: readonly number[], series: readonly Series[], late: boolean): string[] {
  const rows = [
    [
      'batch',
      'what',
      'ms a step',
      'images/s',
      'GFLOP/s',
      'fastest',
      'ratio to hourglass',
      'ratio of fastest',
      'aim',
      'loss',
    ],
  ];
  const fastestOf = (one: Series) => (late ? one.lateFastest : one.fastest);
  const roundsOf = (one: Series) => (late ? one.lateRounds : one.rounds);
  for (const batch of batches) {
    const ours = bestOf(series, 'hourglass', batch);
    for (const one of series.filter((s) => s.batch === batch && roundsOf(s).length > 0)) {
      const times = spread(roundsOf(one));
      const perSecond = (1000 * batch) / times.median;
      const isOurs = one === ours;
      const isBest = bestOf(series, one.contestant, batch) === one;
      const ratio = ours === undefined || isOurs ? undefined : pairedRatio(roundsOf(one), roundsOf(ours));
      const aim = AIMS[one.contestant];
      rows.push([
        String(batch),
        one.contestant === 'hourglass' || one.contestant === 'floor'
          ? one.contestant
          : `${one.contestant}: ${one.mode}${isBest && !late ? ' (best)' : ''}`,
        `${format(times)}`,
        Math.round(perSecond).toLocaleString('en'),
        ((perSecond * FLOPS_PER_IMAGE) / 1e9).toFixed(0),
        number(Math.min(...fastestOf(one))),
        ratio === undefined ? '' : format(ratio),
        ratio === undefined ? '' : format(pairedRatio(fastestOf(one), fastestOf(ours!))),
        isBest && ratio !== undefined && aim !== undefined
          ? `≥ ${aim}: ${ratio.median >= aim ? 'met' : 'missed'}`
          : '',
        one.lastLoss === 0 ? '' : `${one.firstLoss.toFixed(3)} → ${one.lastLoss.toFixed(3)}`,
      ]);
    }
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => (column === 1 || column > 5 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 1 || column > 5 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)];
}

const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** As `12.3 (12.0–12.9)`: median and quartiles, three digits. */
const format = ({ median, low, high }: Spread) => `${number(median)} (${number(low)}–${number(high)})`;
