/** Grids of images drawn as ink: a decoded plane of codes, or the same test digits at several epochs. */
import { uprightText } from './axes.ts';
import { wrong } from './checks.ts';
import { drawGrid, type GridLayout, type GridShape, gridLayout, gridPixels } from './grid.ts';
import { heading, headingWidth, LABEL, page, SMALL } from './page.ts';
import { fitText, svgText, textWidth } from './text.ts';

export interface GridAxis {
  label: string;
  /** A word for each column (or row), as its coordinate; empty for none. Some are left out where they would touch. */
  ticks: readonly string[];
}

export interface ImageGridOptions extends GridShape {
  title: string;
  subtitle?: string;
  /** [rows × columns, channels, height, width], row by row; floats 0…1 or bytes 0…255 unless `range` says otherwise. */
  images: Float32Array | Uint8Array;
  /** Below the grid, and at its left. */
  xAxis?: GridAxis;
  yAxis?: GridAxis;
  /** SVG units between images, in halves; default 1. */
  gap?: number;
  /** The values drawn white and black; values outside are clipped. */
  range?: readonly [number, number];
}

export interface ImageGridsOptions extends GridShape {
  title: string;
  subtitle?: string;
  /** One or more, flowing in rows of up to four. */
  grids: readonly { caption: string; images: Float32Array | Uint8Array }[];
  /** SVG units between images of a grid, in halves; default 1. */
  gap?: number;
  /** The values drawn white and black; values outside are clipped. */
  range?: readonly [number, number];
}

const MARGIN = 16;

/** The picture of one large grid, as 20 × 20 decoded codes of two units. */
export function imageGrid(options: ImageGridOptions): string {
  const { images, xAxis, yAxis, gap = 1, range, columns, rows } = options;
  const pixels = gridPixels('images', images, options, range);
  checkTicks('xAxis', xAxis, columns, 'columns');
  checkTicks('yAxis', yAxis, rows, 'rows');
  const grid = gridLayout(options, 640, gap);
  const beside = yAxis === undefined ? 0 : Math.ceil(widest(yAxis.ticks)) + 34;
  const x = MARGIN + beside + 3;
  const inner = Math.max(x - MARGIN + grid.across, Math.min(headingWidth(options), 720));
  const width = Math.ceil(inner + 2 * MARGIN + 3);
  const head = heading(options, { x: MARGIN, y: 13, width: width - 2 * MARGIN });
  const y = head.bottom + 10;
  const below = xAxis === undefined ? 0 : SMALL + 30;
  return page(width, Math.ceil(y + grid.down + below + MARGIN), options.title, [
    ...head.parts,
    drawGrid({ ...pixels, count: columns * rows }, grid, { x, y }),
    ...(xAxis === undefined ? [] : columnAxis(xAxis, grid, { x, y })),
    ...(yAxis === undefined ? [] : rowAxis(yAxis, grid, { x, y })),
  ]);
}

/** The picture of several grids of one shape, each with a caption above: the input, after epoch 1, 2, … */
export function imageGrids(options: ImageGridsOptions): string {
  const { grids, gap = 1, range, columns, rows } = options;
  if (grids.length === 0) throw wrong('grids', 'at least one must be given');
  const drawn = grids.map(({ caption, images }) => gridPixels(`grid "${caption}"`, images, options, range));
  const perRow = grids.length > 4 && grids.length <= 6 ? 3 : Math.min(4, grids.length);
  const grid = gridLayout(options, perRow > 2 ? 300 : 400, gap);
  const pitch = { x: Math.max(grid.across, 90) + 20, y: grid.down + LABEL + 24 };
  const inner = Math.max(perRow * pitch.x - 14, Math.min(headingWidth(options), 720));
  const width = Math.ceil(inner + 2 * MARGIN);
  const head = heading(options, { x: MARGIN, y: 13, width: width - 2 * MARGIN });
  const top = head.bottom + 8;
  const parts = grids.flatMap(({ caption }, i) => {
    const x = MARGIN + 3 + (i % perRow) * pitch.x;
    const y = top + Math.floor(i / perRow) * pitch.y;
    return [
      svgText(fitText(caption, LABEL, pitch.x - 20), x - 1, y + LABEL, { size: LABEL }),
      drawGrid({ ...drawn[i]!, count: columns * rows }, grid, { x, y: y + LABEL + 8 }),
    ];
  });
  const height = top + Math.ceil(grids.length / perRow) * pitch.y + 6;
  return page(width, Math.ceil(height), options.title, [...head.parts, ...parts]);
}

function columnAxis({ label, ticks }: GridAxis, grid: GridLayout, { x, y }: Corner): string[] {
  const pitch = grid.tile.width + grid.gap;
  const bottom = y + grid.down + 5 + SMALL;
  return [
    ...apart(ticks, pitch, widest(ticks) + 8).map(([i, word]) =>
      svgText(word, x + i * pitch + grid.tile.width / 2, bottom, { size: SMALL, anchor: 'middle' }),
    ),
    svgText(fitText(label, SMALL, grid.across), x + grid.across / 2, bottom + 20, {
      ...{ size: SMALL, anchor: 'middle' },
    }),
  ];
}

function rowAxis({ label, ticks }: GridAxis, grid: GridLayout, { x, y }: Corner): string[] {
  const pitch = grid.tile.height + grid.gap;
  return [
    ...apart(ticks, pitch, SMALL + 2).map(([i, word]) => {
      const middle = y + i * pitch + grid.tile.height / 2;
      return svgText(word, x - 9, middle + SMALL * 0.36, { size: SMALL, anchor: 'end' });
    }),
    uprightText(label, x - 9 - widest(ticks) - 12, y + grid.down / 2, grid.down),
  ];
}

interface Corner {
  x: number;
  y: number;
}

const widest = (words: readonly string[]) => Math.max(...words.map((word) => textWidth(word, SMALL)));

/** The words that are not empty, or every second, third, … of them, so that each has the room it needs. */
function apart(words: readonly string[], pitch: number, room: number): [number, string][] {
  const given = [...words.entries()].filter(([, word]) => word !== '');
  const nearest = Math.min(...given.slice(1).map(([i], k) => i - given[k]![0]));
  const every = Math.max(1, Math.ceil(room / (nearest * pitch)));
  return given.filter((_, k) => k % every === 0);
}

function checkTicks(subject: string, axis: GridAxis | undefined, count: number, of: string): void {
  if (axis === undefined || axis.ticks.length === count) return;
  throw wrong(
    `${subject}, ticks`,
    `must be one word (or an empty one) for each of ${count} ${of}`,
    axis.ticks.length,
  );
}
