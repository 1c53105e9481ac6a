/**
 * Images drawn in a terminal with half blocks: a character cell holds two pixels, one above the other.
 *
 * A pure function of its arguments: the caller passes the terminal's width and colours. Values are drawn
 * as light: high is white on black (in `none`, the terminal's own ink on its own ground).
 */
import stringWidth from 'string-width';
import { HourglassError } from '../errors.ts';
import { areaAverage, type ImageKind, type ImageRow, type ImageSize, levelRows } from './pixels.ts';

export interface TerminalImagesOptions extends Pick<ImageKind, 'height' | 'width' | 'channels'> {
  /** Images [n, channels, height, width] each, drawn one row above the other. */
  rows: readonly ImageRow[];
  /** Width of the terminal in character cells, at least 10. */
  columns: number;
  colour: 'truecolour' | '256' | 'none';
  /** A word above each image, for example its class. */
  labels?: readonly string[];
  /** The values drawn black and white; by default 0…1 for floats, 0…255 for bytes. */
  range?: readonly [number, number];
}

/** Cells across an image: below the first, digits cannot be told apart; above the second, they fill the screen. */
const LEAST = 10;
const MOST = 14;

/**
 * The lines of the picture, none wider than `columns`: a heading with the rows' names, then the images,
 * smaller than they are by area averages and without the blank margin the first row shares. Where not all
 * images fit side by side, the rest follow in further bands below.
 */
export function terminalImages(options: TerminalImagesOptions): string[] {
  const { rows, columns, colour, labels } = options;
  if (!(Number.isInteger(columns) && columns >= LEAST)) {
    throw new HourglassError('usage', {
      subject: 'columns',
      rule: `must be at least ${LEAST}`,
      got: columns,
    });
  }
  const channels = options.channels ?? 1;
  const { count, levels } = levelRows(rows, options, options.range);
  if (labels !== undefined && labels.length !== count) {
    const rule = `must be one word for each of the ${count} images of a row`;
    throw new HourglassError('usage', { subject: 'labels', rule, got: labels.length });
  }
  const crop = sharedBox(levels[0]!, count * channels, options);
  // As few bands as let each image have its least width; images shared evenly among them.
  const perLine = Math.max(1, Math.floor((columns + 1) / (LEAST + 1)));
  const perBand = Math.ceil(count / Math.ceil(count / perLine));
  const across = Math.min(MOST, Math.floor((columns + 1) / perBand) - 1, Math.max(crop.width, LEAST));
  const down = Math.max(2, 2 * Math.round((across * crop.height) / crop.width / 2));

  const lines = heading(rows, columns);
  for (let first = 0; first < count; first += perBand) {
    const images = Array.from({ length: Math.min(perBand, count - first) }, (_, i) => first + i);
    if (first > 0) lines.push('');
    if (labels !== undefined)
      lines.push(
        captions(
          images.map((i) => labels[i]!),
          across,
        ),
      );
    for (const row of levels) {
      const tiles = images.map((n) =>
        Array.from({ length: channels }, (_, c) =>
          areaAverage(cut(row, n * channels + c, options, crop), crop, { height: down, width: across }),
        ),
      );
      for (let y = 0; y < down; y += 2) {
        lines.push(tiles.map((tile) => cells(tile, y, across, colour)).join(' '));
      }
    }
  }
  return lines;
}

/** Two pixel lines of one image as a line of cells, colours written only where they change. */
function cells(
  tile: readonly Uint8Array[],
  y: number,
  width: number,
  colour: TerminalImagesOptions['colour'],
): string {
  let line = '';
  let before = '';
  for (let x = 0; x < width; x++) {
    const above = tile.map((plane) => plane[y * width + x]!);
    const below = tile.map((plane) => plane[(y + 1) * width + x]!);
    if (colour === 'none') {
      line += shade(mean(above), mean(below));
      continue;
    }
    const code = `\u001b[${paint(38, above, colour)};${paint(48, below, colour)}m`;
    line += code === before ? '▀' : `${code}▀`;
    before = code;
  }
  return colour === 'none' ? line : `${line}\u001b[0m`;
}

/** The parameters of a colour: 38 for ink, 48 for ground. */
function paint(which: 38 | 48, pixel: readonly number[], colour: 'truecolour' | '256'): string {
  const [red, green, blue] = pixel.length === 1 ? [pixel[0]!, pixel[0]!, pixel[0]!] : pixel;
  if (colour === 'truecolour') return `${which};2;${red};${green};${blue}`;
  if (red !== green || green !== blue) {
    // 16…231 is a cube of six levels a channel: 0, 95, 135, … 255.
    const [r, g, b] = [red!, green!, blue!].map((value) =>
      value < 48 ? 0 : Math.max(1, Math.round((value - 55) / 40)),
    );
    return `${which};5;${16 + 36 * r! + 6 * g! + b!}`;
  }
  const grey = red!;
  // 16 is black, 232…255 are the greys 8, 18, … 238, 231 is white.
  const step = Math.round((grey - 8) / 10);
  return `${which};5;${step < 0 ? 16 : step > 23 ? 231 : 232 + step}`;
}

const mean = (pixel: readonly number[]) => pixel.reduce((sum, value) => sum + value, 0) / pixel.length;

/** Without colour: a half block where the two pixels differ much, else the shade of their mean. */
function shade(above: number, below: number): string {
  if (Math.abs(above - below) > 110) return above > below ? '▀' : '▄';
  return ' ░▒▓█'[Math.min(4, Math.floor(((above + below) / 2 / 256) * 5.4))]!;
}

interface Box extends ImageSize {
  top: number;
  left: number;
}

/** What is left of the image when the margin that is blank in every image of a row is cut off, square if it was. */
function sharedBox(row: Uint8Array, count: number, { height, width }: ImageSize): Box {
  const blank = 24;
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let i = 0; i < count * height * width; i++) {
    if (row[i]! <= blank) continue;
    const x = i % width;
    const y = Math.floor(i / width) % height;
    [top, left, bottom, right] = [
      Math.min(top, y),
      Math.min(left, x),
      Math.max(bottom, y),
      Math.max(right, x),
    ];
  }
  if (bottom < 0) return { top: 0, left: 0, height, width };
  // The same margin on all sides keeps the picture's proportions and its middle.
  const margin = Math.max(0, Math.min(top, left, height - 1 - bottom, width - 1 - right) - 2);
  return { top: margin, left: margin, height: height - 2 * margin, width: width - 2 * margin };
}

function cut(row: Uint8Array, n: number, { height, width }: ImageSize, box: Box): Uint8Array {
  const piece = new Uint8Array(box.height * box.width);
  for (let y = 0; y < box.height; y++) {
    const start = (n * height + box.top + y) * width + box.left;
    piece.set(row.subarray(start, start + box.width), y * box.width);
  }
  return piece;
}

/** The names of the rows, in as few lines as hold them. */
function heading(rows: readonly ImageRow[], columns: number): string[] {
  const names = rows.map((row) => printable(row.label)).filter((name) => name !== '');
  if (names.length === 0) return [];
  const places = names.length === 2 ? ['above', 'below'] : [];
  return [clip(names.map((name, i) => (places[i] ? `${name} (${places[i]})` : name)).join(', '), columns)];
}

function captions(words: readonly string[], width: number): string {
  const centred = words.map((word) => {
    const text = clip(printable(word), width);
    const room = width - stringWidth(text);
    return ' '.repeat(Math.floor(room / 2)) + text + ' '.repeat(Math.ceil(room / 2));
  });
  return centred.join(' ').trimEnd();
}

/** A word that does not move the cursor. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '');
}

/** Text that takes at most so many columns of the terminal; a wide character such as 猫 takes two. */
function clip(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(`${kept}${character}…`) > columns) break;
    kept += character;
  }
  return `${kept}…`;
}
