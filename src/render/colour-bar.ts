/** Colour bars: the values that the colours of a picture stand for. */
import { type ColourScale, coloured } from './colourmaps.ts';
import { SMALL } from './page.ts';
import { PAGE } from './palette.ts';
import { fitText, svgText, textWidth } from './text.ts';
import { linearScale, type Scale } from './ticks.ts';
import { drawTiles } from './tiles.ts';

export interface ColourBar {
  /** What is coloured, for example "residual". */
  name: string;
  scale: ColourScale;
  /** The values of the first colour and the last. */
  range: readonly [number, number];
}

const LENGTH = 150;
const THICK = 10;
const GAP = 30;

/**
 * Bars side by side from (x, y), wrapped within a width: the name, the bar, the numbers below it. `height` is the room
 * they take, nothing for no bars.
 */
export function colourBars(
  bars: readonly ColourBar[],
  { x, y, width }: Record<'x' | 'y' | 'width', number>,
): { parts: string[]; height: number } {
  let [left, top] = [x, y];
  const parts = bars.flatMap(({ name, scale, range }) => {
    const length = Math.max(60, Math.min(LENGTH, width - 24));
    const words = fitText(name, SMALL, Math.max(length, Math.min(260, width)));
    const needed = Math.max(length + 24, textWidth(words, SMALL));
    if (left > x && left + needed > x + width) [left, top] = [x, top + ROW];
    const at = left;
    left += needed + GAP;
    return [
      svgText(words, at, top + SMALL, { size: SMALL }),
      bar(scale, at + 12, top + SMALL + 6, length),
      ...numbers(range, at + 12, top + SMALL + 6 + THICK, length),
    ];
  });
  return { parts, height: bars.length === 0 ? 0 : top + ROW - y };
}

const ROW = SMALL + 6 + THICK + 20;

function bar(scale: ColourScale, x: number, y: number, length: number): string {
  const steps = Uint8Array.from({ length: length * 2 }, (_, i) => Math.round((i / (length * 2 - 1)) * 255));
  return drawTiles({
    ...{ data: coloured(steps, scale), channels: 3, count: 1, columns: 1, x, y },
    ...{ height: 1, width: length * 2, tile: { height: THICK, width: length }, pitch: { x: 0, y: 0 } },
  });
}

function numbers(range: readonly [number, number], x: number, y: number, length: number): string[] {
  const { ticks, label } = ticksWithin(range);
  return ticks.map((tick) => {
    const at = x + ((tick - range[0]) / (range[1] - range[0])) * length;
    return [
      `<path d="M${Math.floor(at) + 0.5} ${y}v3" stroke="${PAGE.axis}"/>`,
      svgText(label(tick), at, y + 14, { size: 10, anchor: 'middle', colour: PAGE.muted }),
    ].join('\n');
  });
}

/** Round numbers within the range, few enough for a bar. */
function ticksWithin([low, high]: readonly [number, number]): Pick<Scale, 'ticks' | 'label'> {
  const slack = (high - low) * 1e-6;
  const { ticks, label } = linearScale(low, high, 4);
  return { ticks: ticks.filter((tick) => tick >= low - slack && tick <= high + slack), label };
}
