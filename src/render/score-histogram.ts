/** Two groups of scores over one axis, as shares of each group, and the threshold between what passes and what does not. */
import { drawAxes, placing, xAxisHeight, yAxisWidth } from './axes.ts';
import { checkFinite, checkWhole, wrong } from './checks.ts';
import { type LegendEntry, legend } from './legend.ts';
import { placeMarks } from './marks.ts';
import { heading, page, SMALL } from './page.ts';
import { paler, seriesColour } from './palette.ts';
import { round } from './text.ts';
import { linearScale } from './ticks.ts';

export interface ScoreHistogramOptions {
  title: string;
  subtitle?: string;
  xLabel: string;
  /** The first is drawn filled, the others as outlines. For each bin the group's share, 0 to 1. */
  groups: readonly { name: string; shares: readonly number[] }[];
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

/** The picture; shares are drawn in per cent. */
export function scoreHistogram(options: ScoreHistogramOptions): string {
  const { groups, threshold, xLabel, from, to } = options;
  check(options);
  const percent = groups.map(({ shares }) => shares.map((share) => 100 * share));
  const x = { ...linearScale(from, to, 7), min: from, max: to };
  const y = linearScale(0, Math.max(...percent.flat(), 1), 5);
  const left = MARGIN + 20 + yAxisWidth(y, false);
  const right = WIDTH - MARGIN;
  const head = heading(options, { x: MARGIN, y: 13, width: WIDTH - 2 * MARGIN });
  const entries: LegendEntry[] = groups.map(({ name }, i) => ({
    name,
    colour: i === 0 ? paler(seriesColour(i), FILL) : seriesColour(i),
    style: i === 0 ? 'square' : 'solid',
  }));
  const names = legend(entries, { x: left, y: head.bottom + 4, width: right - left, size: SMALL });
  const marked = placeMarks(
    [{ epoch: threshold.value, label: threshold.name }],
    { left, right, size: SMALL },
    x,
  );
  const top = head.bottom + names.height + 12 + marked.height;
  const bottom = top + HEIGHT;
  const place = { x: placing(x, left, right), y: placing(y, bottom, top) };
  const shapes = percent.map((shares, i) => {
    const width = (to - from) / shares.length;
    const steps = shares.map(
      (share, bin) => `V${round(place.y(share))}H${round(place.x(from + (bin + 1) * width))}`,
    );
    const outline = `M${round(place.x(from))} ${bottom}${steps.join('')}V${bottom}`;
    return i === 0
      ? `<path d="${outline}z" fill="${paler(seriesColour(i), FILL)}"/>`
      : `<path d="${outline}" fill="none" stroke="${seriesColour(i)}" stroke-width="2"/>`;
  });
  const visible = { ...x, ticks: x.ticks.filter((tick) => tick >= from && tick <= to) };
  const [grid, ...axes] = drawAxes(
    { left, right, top, bottom },
    { x: visible, y, xLabel, yLabel: 'share of images (%)' },
  );
  const height = bottom + xAxisHeight(true) + 12;
  const parts = [...head.parts, names.svg, grid!, ...shapes, ...axes, ...marked.draw(top, bottom)];
  return page(WIDTH, Math.ceil(height), options.title, parts);
}

function check({ groups, from, to, threshold }: ScoreHistogramOptions): void {
  checkWhole('groups', groups.length, 1, 4);
  checkFinite('range', [from, to, threshold.value]);
  if (!(from < to)) throw wrong('range', 'must rise', `${from} to ${to}`);
  for (const { name, shares } of groups) {
    checkWhole(`bins of "${name}"`, shares.length, 1, 500);
    checkFinite(`group "${name}"`, shares);
  }
}
