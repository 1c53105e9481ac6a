/** Points of several classes: their colours, dots and names, so that colour is never the only clue. */
import type { Box } from './axes.ts';
import { checkWhole, wrong } from './checks.ts';
import { type LegendEntry, legend } from './legend.ts';
import { SMALL } from './page.ts';
import { COLOURS, PAGE, seriesColour } from './palette.ts';
import { fitText, haloed, svgText, textWidth } from './text.ts';

export interface Classes {
  /** [n], each an index into `classes`. */
  labels: Uint8Array | readonly number[];
  /** Names. Up to 20 have a colour each (10 of them round, 10 square); after that both repeat. */
  classes: readonly string[];
}

/** @throws HourglassError('usage', …) unless each of n points has a class. */
export function checkClasses({ labels, classes }: Classes, n: number): void {
  if (classes.length === 0) throw wrong('classes', 'at least one name must be given');
  if (labels.length !== n) throw wrong('labels', `must be one for each of the ${n} points`, labels.length);
  labels.forEach((label, i) => void checkWhole(`label ${i}`, label, 0, classes.length - 1));
}

/** The classes as entries of a legend. */
function classEntries(classes: readonly string[]): LegendEntry[] {
  return classes.map((name, i) => ({ name, colour: seriesColour(i), style: shape(i) }));
}

/** Round dots have so many colours, and square ones as many others. */
const OF_A_SHAPE = COLOURS / 2;

const shape = (index: number) => (Math.floor(index / OF_A_SHAPE) % 2 === 0 ? 'round' : 'square');

/** The legend of the classes, with a note if colours repeat, and the height that it takes. */
export function classLegend(
  classes: readonly string[],
  box: { x: number; y: number; width: number },
): { svg: string; height: number } {
  const names = legend(classEntries(classes), { ...box, size: SMALL });
  if (classes.length <= COLOURS) return names;
  const words = `${classes.length} classes share ${COLOURS} colours; each name stands in the middle of its class`;
  const note = svgText(fitText(words, SMALL, box.width), box.x, box.y + names.height + SMALL, {
    ...{ size: SMALL, colour: PAGE.muted },
  });
  return { svg: `${names.svg}\n${note}`, height: names.height + SMALL + 6 };
}

/** The size of a dot, smaller the more there are: from 5 units for a few to 2 for ten thousand. */
export function dotSize(n: number): number {
  return Math.round(10 * Math.min(5, Math.max(2, 13 / Math.max(1, n) ** 0.2))) / 10;
}

/**
 * Dots as one path for each class among `chosen`. Which class comes first turns with `turn`, so that over several
 * calls none lies beneath the others throughout.
 */
export function dots(
  { labels, classes }: Classes,
  at: { x: ArrayLike<number>; y: ArrayLike<number> },
  chosen: Iterable<number>,
  { size, opacity, turn }: { size: number; opacity: number; turn: number },
): string[] {
  const paths = classes.map(() => '');
  for (const i of chosen) paths[labels[i]!] += `M${tenth(at.x[i]!)} ${tenth(at.y[i]!)}h0`;
  return paths.flatMap((_, i) => {
    const label = (i + turn) % classes.length;
    if (paths[label] === '') return [];
    const style = `stroke-width="${size}" stroke-linecap="${shape(label)}" stroke-opacity="${opacity}"`;
    return `<path d="${paths[label]}" stroke="${seriesColour(label)}" ${style}/>`;
  });
}

/** Coordinate-wise medians of each class, null for one without points. */
export function medians(
  { labels, classes }: Classes,
  coordinates: readonly ArrayLike<number>[],
): (number[] | null)[] {
  const members: number[][] = classes.map(() => []);
  labels.forEach((label, i) => void members[label]!.push(i));
  return members.map((own) => {
    if (own.length === 0) return null;
    return coordinates.map((values) => {
      const sorted = Float64Array.from(own, (i) => values[i]!).sort();
      const half = sorted.length >> 1;
      return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
    });
  });
}

/** The classes' names around their places, in ink with a white halo, moved apart where they would overlap. */
export function classNames(
  classes: readonly string[],
  places: readonly (readonly number[] | null)[],
  box: Box,
): string[] {
  const names = classes.flatMap((name, i) => {
    const place = places[i];
    if (!place) return [];
    const words = fitText(name, SMALL, (box.right - box.left) / 2, 'bold');
    return [{ words, x: place[0]!, y: place[1]!, width: textWidth(words, SMALL, 'bold') + 4 }];
  });
  for (let round = 0; round < 40; round++) {
    names.forEach((a, i) => {
      for (const b of names.slice(i + 1)) pushApart(a, b);
      a.x = Math.min(box.right - a.width / 2, Math.max(box.left + a.width / 2, a.x));
      a.y = Math.min(box.bottom - SMALL / 2, Math.max(box.top + SMALL / 2, a.y));
    });
  }
  const style = { size: SMALL, anchor: 'middle', weight: 'bold' } as const;
  return names.map(({ words, x, y }) => haloed(svgText(words, x, y + SMALL * 0.36, style)));
}

interface Placed {
  x: number;
  y: number;
  width: number;
}

/** Half of an overlap each, along the shorter way out. */
function pushApart(a: Placed, b: Placed): void {
  const overX = (a.width + b.width) / 2 - Math.abs(a.x - b.x);
  const overY = SMALL + 2 - Math.abs(a.y - b.y);
  if (overX <= 0 || overY <= 0) return;
  const along = overX < overY ? 'x' : 'y';
  const move = ((along === 'x' ? overX : overY) / 2) * (a[along] <= b[along] ? 1 : -1);
  a[along] -= move;
  b[along] += move;
}

/** A coordinate of a dot: a tenth of a unit is finer than print. */
function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
