/** A whole run as Markdown: each mode of each contestant, for who wants to know more than the page says. */
import { pageLines } from './browser/report.ts';
import { costLines } from './costs.ts';
import { loadingContestLines } from './loading-contest.ts';
import { bestOf, type Series, SLOW_MS, SLOW_ROUNDS } from './measure.ts';
import { caution, circumstances, type Measured, type Report } from './report.ts';
import { scalingLines } from './scaling-tables.ts';
import { pairedRatio, spread } from './statistics.ts';
import { studioLines } from './studio.ts';
import { watchingLines } from './watching.ts';
import { format, number, whole } from './words.ts';

export function asMarkdown(report: Report): string {
  const { measured, costs, scaling, page, studio, watching, loading } = report;
  const lines = [
    `# Benchmark, ${report.date}`,
    '',
    circumstances(report),
    '',
    'Interleaved rounds; milliseconds are the median over rounds, with quartiles. A ratio is taken within each round, ' +
      'theirs / ours: above 1, hourglass is faster. That of the fastest steps of each round is the steadier where others use the machine too. ' +
      `Steps that take more than ${SLOW_MS} ms are measured in ${SLOW_ROUNDS} rounds, and fewer of them.`,
    '',
  ];
  const said = caution(report);
  if (said !== null) lines.push(said, '');
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
  lines.push(...Object.entries(report.absent).map(([name, why]) => `- ${name}: ${why}.`));
  if (measured.length > 0) {
    const idle = Math.max(...measured.map(({ measurements }) => measurements.idleShare));
    lines.push(
      `- Processor time taken by all that waited: ${(100 * idle).toFixed(1)} % of one core.`,
      '- Floor: the operations of all products at the speed of square products (1024³) in ONNX Runtime, and the bytes of parameters, optimiser and layers at the speed of copying.',
    );
  }
  if (costs !== null) lines.push('', '## Costs', '', ...costLines(costs));
  if (scaling !== null) lines.push('', '## Scaling', '', ...scalingLines(scaling));
  if (typeof studio === 'string') lines.push('', `The studio was not measured: ${studio}.`);
  else if (studio !== null) lines.push('', '## The studio', '', ...studioLines(studio));
  if (typeof watching === 'string') lines.push('', `Training in the studio was not measured: ${watching}.`);
  else if (watching !== null) lines.push('', '## Training in the studio', '', ...watchingLines(watching));
  if (loading != null) lines.push('', '## Loading', '', ...loadingContestLines(loading));
  if (page !== null) lines.push('', '## In a page', '', ...pageLines(page));
  return `${lines.join('\n')}\n`;
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
      const aim = network.aims[one.contestant];
      rows.push([
        String(batch),
        one.contestant === 'hourglass' || one.contestant === 'floor'
          ? one.contestant
          : `${one.contestant}: ${one.mode}${isBest && !late ? ' (best)' : ''}`,
        `${format(times)}`,
        whole(perSecond),
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
