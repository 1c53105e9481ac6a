/** Horizontal bars that compare figures: the accuracy of a probe on codes of several models. */
import { drawAxes, placing, xAxisHeight } from './axes.ts';
import { checkFinite, extent, wrong } from './checks.ts';
import { placeMarks } from './marks.ts';
import { heading, LABEL, page, SMALL } from './page.ts';
import { PAGE, seriesColour } from './palette.ts';
import { fitText, haloed, round, svgText, textWidth } from './text.ts';
import { linearScale, tickLabel } from './ticks.ts';

export interface BarItem {
  name: string;
  value: number;
  /** At the bar's end; default the value, to four digits. */
  text?: string;
  /** Small, below the name. */
  note?: string;
}

export interface BarsOptions {
  title: string;
  subtitle?: string;
  /** What the values are, below the axis. */
  xLabel?: string;
  /** From top to bottom. */
  items: readonly BarItem[];
  /** A dashed line at a value, such as what chance alone would reach. */
  reference?: { name: string; value: number };
}

const WIDTH = 660;
const MARGIN = 16;
const THICK = 18;
const NOTE = 10;
/** The longest name or note. */
const BESIDE = 230;

/** The picture of the bars, which all begin at zero. */
export function bars(options: BarsOptions): string {
  const { items, reference, xLabel } = options;
  check(options);
  const values = [...items.map((item) => item.value), ...(reference ? [reference.value] : []), 0];
  const texts = items.map((item) => item.text ?? tickLabel(Number(item.value.toPrecision(4))));
  const room = Math.min(160, Math.max(...texts.map((text) => textWidth(text, SMALL)))) + 8;
  const names = items.map((item) => fitText(item.name, LABEL, BESIDE));
  const notes = items.map((item) => fitText(item.note ?? '', NOTE, BESIDE));
  const nameWidth = Math.max(
    ...names.map((name) => textWidth(name, LABEL)),
    ...notes.map((note) => textWidth(note, NOTE)),
  );
  // Room for the values' texts beyond the ends of the bars, on both sides if some are negative.
  const left = Math.ceil(MARGIN + nameWidth + 10 + (Math.min(...values) < 0 ? room : 0));
  const right = Math.floor(WIDTH - MARGIN - room);
  const x = linearScale(...extent(values), 6);
  const place = placing(x, left, right);

  const head = heading(options, { x: MARGIN, y: 13, width: WIDTH - 2 * MARGIN });
  const marks = reference ? [{ epoch: reference.value, label: reference.name }] : [];
  const marked = placeMarks(marks, { left, right, size: SMALL }, x);
  const top = head.bottom + 8 + marked.height;
  const pitch = items.some((item) => item.note) ? 36 : 28;
  const bottom = top + items.length * pitch + 6;
  const [grid, ...axes] = drawAxes({ left, right, top, bottom }, { x, y: NO_TICKS, xLabel, grid: 'x' });
  const middles = items.map((_, i) => top + 3 + (i + 0.5) * pitch);
  const shapes = items.map(({ value }, i) => drawBar(place(0), place(value), middles[i]!));
  const beside = left - (Math.min(...values) < 0 ? room : 0) - 10;
  const words = items.flatMap(({ value }, i) => [
    ...drawName(names[i]!, notes[i]!, beside, middles[i]!),
    drawText(fitText(texts[i]!, SMALL, room), place(value), middles[i]!, value < 0),
  ]);
  const height = bottom + xAxisHeight(xLabel !== undefined) + 12;
  const parts = [...head.parts, grid!, ...shapes, ...axes, ...marked.draw(top, bottom), ...words];
  return page(WIDTH, Math.ceil(height), options.title, parts);
}

const NO_TICKS = { min: 0, max: 1, ticks: [], label: String };

function drawBar(zero: number, end: number, middle: number): string {
  const box = `x="${round(Math.min(zero, end))}" y="${middle - THICK / 2}" width="${round(Math.abs(end - zero))}"`;
  return `<rect ${box} height="${THICK}" fill="${seriesColour(0)}"/>`;
}

/** A name that ends at x, and its note below it. */
function drawName(name: string, note: string, x: number, middle: number): string[] {
  const baseline = middle + LABEL * 0.36;
  if (note === '') return [svgText(name, x, baseline, { size: LABEL, anchor: 'end' })];
  return [
    svgText(name, x, baseline - 6, { size: LABEL, anchor: 'end' }),
    svgText(note, x, baseline + 7, { size: NOTE, anchor: 'end', colour: PAGE.muted }),
  ];
}

/** A value's text beyond the end of its bar, readable where the reference runs through it. */
function drawText(text: string, end: number, middle: number, negative: boolean): string {
  const anchor = negative ? 'end' : 'start';
  return haloed(svgText(text, end + (negative ? -6 : 6), middle + SMALL * 0.36, { size: SMALL, anchor }));
}

function check({ items, reference }: BarsOptions): void {
  if (items.length === 0) throw wrong('bars', 'at least one item must be given');
  for (const { name, value } of items) checkFinite(`bar "${name}"`, [value]);
  if (reference) checkFinite(`reference "${reference.name}"`, [reference.value]);
}
