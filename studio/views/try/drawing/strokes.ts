/** What is drawn: strokes, in pixels of the model's image; (0, 0) is the upper left corner. Their text goes into the address. */

export type Point = readonly [x: number, y: number];

export interface Stroke {
  readonly points: readonly Point[];
  /** A colour such as 'd55e00', for models of colours; null for ink. */
  readonly colour: string | null;
}

/** A corner is cut off this often: each time halves the angles. */
const ROUNDS = 2;

/** The line through hand-drawn points with its corners cut (Chaikin, 1974). Its ends stay. */
export function smooth(points: readonly Point[]): readonly Point[] {
  let line = points;
  for (let round = 0; round < ROUNDS && line.length > 2; round++) {
    const next: Point[] = [line[0]!];
    for (let i = 0; i + 1 < line.length; i++) {
      const [[ax, ay], [bx, by]] = [line[i]!, line[i + 1]!];
      if (i > 0) next.push([0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by]);
      if (i + 2 < line.length) next.push([0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by]);
    }
    next.push(line.at(-1)!);
    line = next;
  }
  return line;
}

/** The points without those that are closer than `least` pixels to the one before: a hand that rests adds none. */
export function thinOut(points: readonly Point[], least: number): readonly Point[] {
  const kept: Point[] = [];
  for (const [i, point] of points.entries()) {
    const before = kept.at(-1);
    const isEnd = i === points.length - 1;
    if (before === undefined || isEnd || Math.hypot(point[0] - before[0], point[1] - before[1]) >= least) {
      kept.push(point);
    }
  }
  return kept;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LEVELS = DIGITS.length ** 2 - 1;

/** Strokes as a text for the address: four letters a point, to 1/4095 of the longer side. */
export function toText(strokes: readonly Stroke[], side: number): string {
  const number = (value: number) => {
    const level = Math.round((Math.min(side, Math.max(0, value)) / side) * LEVELS);
    return DIGITS[Math.floor(level / DIGITS.length)]! + DIGITS[level % DIGITS.length]!;
  };
  return strokes
    .map(({ points, colour }) => {
      const line = points.map(([x, y]) => number(x) + number(y)).join('');
      return colour === null ? line : `${colour}~${line}`;
    })
    .join('.');
}

/** The strokes in such a text; what is not a stroke is left out. */
export function fromText(text: string, side: number): Stroke[] {
  const strokes: Stroke[] = [];
  for (const part of text.split('.')) {
    const [, colour = null, line = ''] = /^(?:([0-9a-f]{6})~)?([\w-]+)$/.exec(part) ?? [];
    const points: Point[] = [];
    for (let at = 0; at + 4 <= line.length; at += 4) {
      const [a, b, c, d] = [...line.slice(at, at + 4)].map((letter) => DIGITS.indexOf(letter));
      const value = (high: number, low: number) => ((high * DIGITS.length + low) / LEVELS) * side;
      points.push([value(a!, b!), value(c!, d!)]);
    }
    if (points.length > 0) strokes.push({ points, colour });
  }
  return strokes;
}
