/** Two groups of scores over one axis, as shares of each group, and the threshold between what passes and what does not. */
import { drawAxes, placing, xAxisHeight, yAxisWidth } from './axes.ts';
import { checkFinite, checkWhole, wrong } from './checks.ts';
import { type LegendEntry, legend } from './legend.ts';
import { placeMarks } from './marks.ts';
import { heading, page, SMALL } from './page.ts';
import { paler, seriesColour } from './palette.ts';
import { round } from './text.ts';
import { linearScale } from './ticks.ts';

/**
 * For each bin the group's share, 0 to 1: the first group is drawn filled, the others as outlines. Or, of a small group,
 * its scores, each drawn as a line of its own in a band below the bars.
 */
export type ScoreGroup = { name: string } & ({ shares: readonly number[] } | { scores: readonly number[] });

export interface ScoreHistogramOptions {
  title: string;
  subtitle?: string;
  xLabel: string;
  /** What the scores are of. */
  samples: 'images' | 'rows';
  groups: readonly ScoreGroup[];
  /** The bins lie evenly from `from` to `to`. */
  from: number;
  to: number;
  threshold: { name: string; value: number };
}

const WIDTH = 640;
const HEIGHT = 260;
const MARGIN = 16;
/** The share of its colour that a filled group has, so that outlines stand out from it. */
const FILL = 0.45;
/** The height of a small group's band. */
const BAND = 34;

/** The picture; shares are drawn in per cent. */
export function scoreHistogram(options: ScoreHistogramOptions): string {
  const { groups, threshold, xLabel, from, to } = options;
  check(options);
  const binned = groups.flatMap((group, i) =>
    'shares' in group ? [{ i, percent: group.shares.map((share) => 100 * share) }] : [],
  );
  const single = groups.flatMap((group, i) => ('scores' in group ? [{ i, scores: group.scores }] : []));
  const x = { ...linearScale(from, to, 7), min: from, max: to };
  const y = linearScale(0, Math.max(...binned.flatMap(({ percent }) => percent), 1), 5);
  const left = MARGIN + (binned.length === 0 ? 0 : 20 + yAxisWidth(y, false));
  const right = WIDTH - MARGIN;
  const head = heading(options, { x: MARGIN, y: 13, width: WIDTH - 2 * MARGIN });
  const entries: LegendEntry[] = groups.map(({ name }, i) => ({
    name,
    colour: binned[0]?.i === i ? paler(seriesColour(i), FILL) : seriesColour(i),
    style: binned[0]?.i === i ? 'square' : 'solid',
  }));
  const names = legend(entries, { x: left, y: head.bottom + 4, width: right - left, size: SMALL });
  const marked = placeMarks(
    [{ epoch: threshold.value, label: threshold.name }],
    { left, right, size: SMALL },
    x,
  );
  const top = head.bottom + names.height + 12 + marked.height;
  const ground = top + (binned.length === 0 ? 0 : HEIGHT);
  const bottom = ground + single.length * BAND;
  const place = { x: placing(x, left, right), y: placing(y, ground, top) };
  const shapes = binned.map(({ i, percent }, drawn) => {
    const width = (to - from) / percent.length;
    const steps = percent.map(
      (share, bin) => `V${round(place.y(share))}H${round(place.x(from + (bin + 1) * width))}`,
    );
    const outline = `M${round(place.x(from))} ${ground}${steps.join('')}V${ground}`;
    return drawn === 0
      ? `<path d="${outline}z" fill="${paler(seriesColour(i), FILL)}"/>`
      : `<path d="${outline}" fill="none" stroke="${seriesColour(i)}" stroke-width="2"/>`;
  });
  const bands = single.map(({ i, scores }, band) => {
    const low = ground + (band + 1) * BAND - 4;
    const lines = scores.map((score) => `M${round(place.x(Math.min(to, score)))} ${low}v${8 - BAND}`);
    return `<path d="${lines.join('')}" fill="none" stroke="${seriesColour(i)}" stroke-width="1.5" stroke-opacity="0.75"/>`;
  });
  const visible = { ...x, ticks: x.ticks.filter((tick) => tick >= from && tick <= to) };
  const bars = { left, right, top, bottom };
  const [grid, ...axes] = drawAxes(bars, {
    x: visible,
    y:
      binned.length === 0
        ? { ...y, ticks: [] }
        : { ...y, min: y.min - ((y.max - y.min) * (bottom - ground)) / (ground - top) },
    xLabel,
    yLabel: binned.length === 0 ? '' : `share of ${options.samples} (%)`,
  });
  const height = bottom + xAxisHeight(true) + 12;
  const parts = [...head.parts, names.svg, grid!, ...shapes, ...bands, ...axes, ...marked.draw(top, bottom)];
  return page(WIDTH, Math.ceil(height), options.title, parts);
}

function check({ groups, from, to, threshold }: ScoreHistogramOptions): void {
  checkWhole('groups', groups.length, 1, 4);
  checkFinite('range', [from, to, threshold.value]);
  if (!(from < to)) throw wrong('range', 'must rise', `${from} to ${to}`);
  for (const group of groups) {
    const { name } = group;
    if ('shares' in group) checkWhole(`bins of "${name}"`, group.shares.length, 1, 500);
    checkFinite(`group "${name}"`, 'shares' in group ? group.shares : group.scores);
  }
}
