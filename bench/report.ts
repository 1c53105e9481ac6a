/** The measurements as a table for people (Markdown, also printed) and as JSON. */

import type { Logging } from './logging.ts';
import { bestOf, type Measurements, type Series } from './measure.ts';
import type { Aims, Cost } from './networks.ts';
import type { Memory, StartUp } from './startup.ts';
import { pairedRatio, type Spread, spread } from './statistics.ts';

/** What was measured of one network. */
export interface Measured {
  network: { name: string; about: string; aims: Aims };
  cost: Cost;
  measurements: Measurements;
}

export interface Report {
  date: string;
  machine: { processor: string; cores: number; memoryGiB: number; platform: string };
  threads: number;
  load: { before: number[]; after: number[] };
  versions: Record<string, string>;
  rounds: number;
  lateSteps: number;
  absent: Record<string, string>;
  measured: Measured[];
  startUp: StartUp;
  memory: Memory;
  logging: Logging;
}

/** Load per core before the bench began, above which its results are not to be quoted. */
const BUSY = 0.25;

/** One of our batch sizes against the best mode of one of the others. */
export interface Standing {
  network: string;
  batch: number;
  ours: Spread;
  rival: 'pytorch' | 'jax' | 'floor';
  mode: string;
  theirs: Spread;
  /** Theirs divided by ours, round by round. */
  ratio: Spread;
  /** The same of the fastest steps of each round. */
  fastest: Spread;
  aim: number;
}

export function standings({ network, measurements: { series } }: Measured): Standing[] {
  const batches = [...new Set(series.map(({ batch }) => batch))];
  return batches.flatMap((batch) => {
    const ours = bestOf(series, 'hourglass', batch);
    if (ours === undefined) return [];
    return (['pytorch', 'jax', 'floor'] as const).flatMap((rival) => {
      const best = bestOf(series, rival, batch);
      const aim = network.aims[rival];
      if (best === undefined || aim === undefined) return [];
      return {
        network: network.name,
        batch,
        ours: spread(ours.rounds),
        rival,
        mode: best.mode,
        theirs: spread(best.rounds),
        ratio: pairedRatio(best.rounds, ours.rounds),
        fastest: pairedRatio(best.fastest, ours.fastest),
        aim,
      };
    });
  });
}

export function circumstances({ machine, versions, load, threads, rounds, date }: Report): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${date.replace('T', ' ')} UTC; ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}; ${threads} threads; ` +
    `load average ${load.before[0]} before, ${load.after[0]} after; ${rounds} rounds; ${named.join(', ')}.`
  );
}

export function asMarkdown(report: Report): string {
  const { machine, load, measured, startUp, memory, logging } = report;
  const lines = [
    `# Benchmark, ${report.date}`,
    '',
    circumstances(report),
    '',
    'Interleaved rounds; milliseconds are the median over rounds, with quartiles. A ratio is taken within each round, ' +
      'theirs / ours: above 1, hourglass is faster. That of the fastest steps of each round is the steadier where others use the machine too.',
    '',
  ];
  if (load.before[0]! > BUSY * machine.cores) {
    lines.push(
      '**Others used this machine meanwhile. Libraries that wait in OpenMP barriers (PyTorch) or spin (ONNX Runtime) lose many times over then: no result to quote.**',
      '',
    );
  }
  for (const one of measured) {
    const { network, cost, measurements } = one;
    const late = measurements.series.some(({ lateRounds }) => lateRounds.length > 0);
    lines.push(
      `## ${network.name}`,
      '',
      `${network.about}; ${cost.parameters.toLocaleString('en')} parameters.`,
      '',
      ...table(one, false),
      '',
    );
    if (late) {
      lines.push(
        `After ${report.lateSteps.toLocaleString('en')} steps of training:`,
        '',
        ...table(one, true),
        '',
      );
    }
    for (const { contestant, mode, batch, failure } of measurements.series) {
      if (failure !== null) lines.push(`- ${contestant} (${mode}), batch ${batch}: failed: ${failure}`, '');
    }
  }
  const idle = Math.max(0, ...measured.map(({ measurements }) => measurements.idleShare));
  lines.push(
    ...Object.entries(report.absent).map(([name, why]) => `- ${name}: ${why}.`),
    `- Command to first training step: ${startUp.firstStep ? `${(startUp.firstStep.median / 1000).toFixed(2)} s (${(startUp.firstStep.min / 1000).toFixed(2)}–${(startUp.firstStep.max / 1000).toFixed(2)})` : startUp.note}.`,
    `- Peak memory of training on all of MNIST: ${memory.peakMiB === null ? memory.note : `${memory.peakMiB.toFixed(0)} MiB`}.`,
    ...logging.levels.map(
      ({ level, ratio, seconds }) =>
        `- Processor time of training \`vae20\` with \`--tensorboard ${level}\`: ${format(seconds)} s, ${format(ratio)} of that with none.`,
    ),
    `- Processor time taken by all that waited: ${(100 * idle).toFixed(1)} % of one core.`,
    '- Floor: the operations of all products at the speed of square products (1024³) in ONNX Runtime, and the bytes of parameters, optimiser and layers at the speed of copying.',
    '',
  );
  return lines.join('\n');
}

function table({ network, cost, measurements: { series } }: Measured, late: boolean): string[] {
  const rows = [
    [
      'batch',
      'what',
      'ms',
      'images/s',
      'GFLOP/s',
      'fastest',
      'ratio to hourglass',
      'ratio of fastest',
      'aim',
      'loss',
    ],
  ];
  const batches = [...new Set(series.map(({ batch }) => batch))];
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
      const aim = network.aims[one.contestant as keyof Aims];
      rows.push([
        String(batch),
        one.contestant === 'hourglass' || one.contestant === 'floor'
          ? one.contestant
          : `${one.contestant}: ${one.mode}${isBest && !late ? ' (best)' : ''}`,
        `${format(times)}`,
        Math.round(perSecond).toLocaleString('en'),
        ((perSecond * cost.operations) / 1e9).toFixed(0),
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

export const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** As `12.3 (12.0–12.9)`: median and quartiles, three digits. */
export const format = ({ median, low, high }: Spread) => `${number(median)} (${number(low)}–${number(high)})`;
