/** The part of the bench that is a page: its aims, and what was reached. */
import { bestOf, type Measurements } from '../measure.ts';
import { pairedRatio, type Spread, spread } from '../statistics.ts';
import { format, number } from '../words.ts';
import type { PageNetwork } from './networks.ts';
import type { Waits } from './waits.ts';

export interface PageReport {
  contests: {
    network: Pick<PageNetwork, 'name' | 'about' | 'aims' | 'atMost'>;
    measurements: Measurements;
    /** The page's loss in step 100 against Node's, relative; null where there is none. */
    lossOff: number | null;
  }[];
  /** Or, in words, why it was not measured. */
  waits: Waits | string;
}

const NAMES: Readonly<Record<string, string>> = { node: 'Node', tfjs: 'TensorFlow.js', 'jax-js': 'jax-js' };

/** What is aimed at, by `Waits`: milliseconds, and bytes. */
const AIMS = { firstStep: 2000, bytes: 4.2e6, decoding: 2, frame: 33 };

export function pageLines({ contests, waits }: PageReport): string[] {
  return [
    'A step in a page (headless Chromium) on one thread, interleaved with the same step of others, one thread each. ' +
      'The ratio to Node is the page’s time divided by Node’s; the others’ is their time divided by the page’s.',
    '',
    ...stepRows(contests),
    '',
    ...contests.map(
      ({ network, lossOff }) => `- **${network.name}**: ${network.about}.${lossWords(lossOff)}`,
    ),
    ...contests.flatMap(({ network, measurements }) =>
      measurements.series.flatMap(({ contestant, batch, failure }) =>
        failure === null ? [] : [`- ${network.name}, batch ${batch}: ${contestant} failed: ${failure}`],
      ),
    ),
    '',
    ...(typeof waits === 'string' ? [`Opening a page was not measured: ${waits}.`] : waitRows(waits)),
  ];
}

const lossWords = (off: number | null) =>
  off === null ? '' : ` Loss of step 100 against Node’s: ${off.toExponential(1)} relative.`;

function stepRows(contests: PageReport['contests']): string[] {
  const rows = contests.flatMap(({ network, measurements: { series } }) =>
    [...new Set(series.map(({ batch }) => batch))].flatMap((batch) => {
      const page = bestOf(series, 'page', batch);
      if (page === undefined) return [];
      return Object.keys(NAMES).flatMap((name) => {
        const other = bestOf(series, name, batch);
        if (other === undefined) return [];
        const [ratio, ofFastest] =
          name === 'node'
            ? [pairedRatio(page.rounds, other.rounds), pairedRatio(page.fastest, other.fastest)]
            : [pairedRatio(other.rounds, page.rounds), pairedRatio(other.fastest, page.fastest)];
        return [
          [
            `${network.name}, ${batch}`,
            `${format(spread(page.rounds))} ms`,
            NAMES[name]!,
            `${format(spread(other.rounds))} ms`,
            format(ratio),
            number(ofFastest.median),
            ...aimCells(network, name, batch, ratio),
          ],
        ];
      });
    }),
  );
  return table(
    ['network, batch', 'page', 'against', 'theirs', 'ratio', 'of fastest', 'aim', 'reached'],
    rows,
  );
}

function aimCells(
  { aims, atMost }: Pick<PageNetwork, 'aims' | 'atMost'>,
  name: string,
  batch: number,
  { median }: Spread,
): string[] {
  const most = name === 'node' ? atMost[batch] : undefined;
  if (most !== undefined) return [`≤ ${most}`, median <= most ? 'yes' : '**no**'];
  const least = aims[name];
  return least === undefined ? ['–', '–'] : [`≥ ${least}`, median >= least ? 'yes' : '**no**'];
}

function waitRows({ firstStep, bytes, decoding, frame }: Waits): string[] {
  const row = (what: string, found: string, aim: string, isReached: boolean) => [
    what,
    found,
    `≤ ${aim}`,
    isReached ? 'yes' : '**no**',
  ];
  const megabytes = (value: number) => `${(value / 1e6).toFixed(2)} MB`;
  return table(
    ['what', 'measured', 'aim', 'reached'],
    [
      row(
        'from opening the page to the end of the first training step (`vae`, the digits), empty cache',
        `${format(firstStep)} ms`,
        `${AIMS.firstStep} ms`,
        firstStep.median <= AIMS.firstStep,
      ),
      row('bytes sent for it, Brotli', megabytes(bytes), megabytes(AIMS.bytes), bytes <= AIMS.bytes),
      row(
        'decoding one code, page to worker to page, 95 % of calls',
        `${number(decoding)} ms`,
        `${AIMS.decoding} ms`,
        decoding <= AIMS.decoding,
      ),
      row(
        'a frame while `vae` is trained, 95 % of frames',
        `${number(frame)} ms`,
        `${AIMS.frame} ms`,
        frame <= AIMS.frame,
      ),
    ],
  );
}

const table = (names: readonly string[], rows: readonly string[][]): string[] =>
  [names, names.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
