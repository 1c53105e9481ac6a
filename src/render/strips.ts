/**
 * Rows of images with labels, as an SVG picture: test digits above their reconstructions, and what differs.
 *
 * Values are drawn as ink: low is the white of the page, high is black, so that digits look handwritten and a
 * page of them prints well. A row may be drawn as heat or signed values instead.
 */
import { wrong } from './checks.ts';
import { type ColourBar, colourBars } from './colour-bar.ts';
import { heading, headingWidth, LABEL, page, SMALL } from './page.ts';
import { PAGE } from './palette.ts';
import { type DrawnRow, drawnRows, type PictureRow } from './picture-rows.ts';
import type { ImageKind, ImageSize } from './pixels.ts';
import { fitText, svgText, textWidth } from './text.ts';
import { thumbnailSize } from './thumbnails.ts';
import { DENSITY, drawTiles } from './tiles.ts';

export interface ImageRowsOptions extends ImageKind {
  title?: string;
  subtitle?: string;
  /** Images [n, channels, height, width] each, floats 0…1 or bytes 0…255 unless `range` says otherwise. */
  rows: readonly PictureRow[];
  /** A caption above each image, for example its class. */
  columns?: readonly string[];
  /** A word below each column, for example its error. */
  footers?: readonly string[];
  /** SVG units a pixel; by default an image is about 56 units wide, and a pixel at least half a unit. */
  scale?: number;
  /** The values of ink drawn white and black; values outside are clipped. */
  range?: readonly [number, number];
}

const MARGIN = 14;
const GAP = 5;
/** Longer captions are cut short, in SVG units. */
const WIDEST_CAPTION = 120;

/** The picture of one or more rows of images, with a colour bar below for each scale that is not ink. */
export function imageRows(options: ImageRowsOptions): string {
  const { rows, footers } = options;
  const columns = options.columns?.map((word) => fitText(word, LABEL, WIDEST_CAPTION));
  const { count, drawn, bars } = drawnRows(rows, options, options.range);
  for (const [subject, words] of Object.entries({ columns, footers })) {
    if (words !== undefined && words.length !== count) {
      throw wrong(subject, `must be one word for each of the ${count} images of a row`, words.length);
    }
  }
  const tile = ownSize(options);
  const labels = rows.map((row) => fitText(row.label, LABEL, 180));
  const labelWidth = Math.max(...labels.map((label) => textWidth(label, LABEL)));
  const left = Math.ceil(MARGIN + labelWidth + (labelWidth > 0 ? 10 : 0));
  const sizes = drawn.map((row) => within(row, tile));
  const widest = Math.max(tile.width, ...sizes.map((size) => Math.ceil(size.width)));
  const pitch = Math.max(widest + GAP, columnWidth(columns), columnWidth(footers));
  // Words wider than an image push the images apart; each stands in the middle of its column.
  const firstX = left + Math.floor((pitch - tile.width - GAP) / 2);
  const tilesEnd = left + count * pitch - GAP;
  // A heading or a colour bar may make a narrow picture wider, but not without end.
  const barEnd = bars.length > 0 ? MARGIN + 200 : 0;
  const inner = Math.max(tilesEnd, barEnd, Math.min(MARGIN + headingWidth(options), 720));
  const pageWidth = Math.ceil(inner + MARGIN);

  const head = heading(options, { x: MARGIN, y: MARGIN, width: pageWidth - 2 * MARGIN });
  const parts = [...head.parts];
  const headed = head.parts.length > 0;
  let y = head.bottom;
  const words = (texts: readonly string[], colour?: string) =>
    texts.map((word, i) => {
      const [size, x] = [colour ? SMALL : LABEL, firstX + i * pitch + tile.width / 2];
      return svgText(word, x, y, { size, anchor: 'middle', ...(colour && { colour }) });
    });
  if (columns !== undefined) {
    y += (headed ? 5 : 0) + LABEL;
    parts.push(...words(columns));
    y += 6;
  } else if (headed) y += 4;
  drawn.forEach((row, r) => {
    const own = sizes[r]!;
    // A label is higher than a flat image.
    const line = labels[r] === '' ? own.height : Math.max(own.height, LABEL);
    const label = { size: LABEL, anchor: 'end' as const };
    parts.push(
      svgText(labels[r]!, firstX - 10, y + line / 2 + LABEL * 0.36, label),
      drawTiles({
        ...{ ...row, count, columns: count, tile: own, pitch: { x: pitch, y: 0 } },
        ...{ x: firstX + (tile.width - own.width) / 2, y: y + (line - own.height) / 2 },
      }),
    );
    y += line + (r + 1 < rows.length ? GAP : 0);
  });
  if (footers !== undefined) {
    y += SMALL + 5;
    parts.push(...words(footers, PAGE.muted));
  }
  y += drawBars(parts, bars, { y, left, pageWidth });
  return page(pageWidth, Math.ceil(y + MARGIN), options.title || 'images', parts);
}

/** The bars below the images, or below the labels where the images leave too little room. */
function drawBars(
  parts: string[],
  bars: readonly ColourBar[],
  { y, left, pageWidth }: Record<'y' | 'left' | 'pageWidth', number>,
): number {
  if (bars.length === 0) return 0;
  const x = pageWidth - MARGIN - left >= 200 ? left : MARGIN;
  const drawn = colourBars(bars, { x, y: y + 12, width: pageWidth - MARGIN - x });
  parts.push(...drawn.parts);
  return drawn.height + 8;
}

/** About how wide an image is. */
const WIDTH = 56;
/** Dots of the longer side of an image at most; larger ones are made smaller. */
const MOST_DOTS = 256;

/** What an image of the picture's own size takes of the page; a pixel is at least a dot, up to 256 pixels a side. */
function ownSize({ height, width, scale }: ImageRowsOptions): ImageSize {
  if (scale === undefined) {
    const shown = thumbnailSize({ height, width }, MOST_DOTS);
    const most = Math.floor(MOST_DOTS / Math.max(shown.height, shown.width));
    const dots = Math.min(most, Math.max(1, Math.round((WIDTH * DENSITY) / width)));
    return { height: (shown.height * dots) / DENSITY, width: (shown.width * dots) / DENSITY };
  }
  if (!(Number.isInteger(scale) && scale >= 1 && scale <= 64)) {
    throw wrong('scale', 'must be a whole number from 1 to 64', scale);
  }
  return { height: height * scale, width: width * scale };
}

/**
 * The largest size of a row's images within the tile, their shape kept; whole units, so that edges stay crisp. A pixel is
 * at least a dot, so a row may be larger than a tile that is flat or narrow.
 */
function within(row: DrawnRow, tile: ImageSize): ImageSize {
  if (row.height > MOST_DOTS || row.width > MOST_DOTS) return tile;
  const scale = Math.min(tile.height / row.height, tile.width / row.width);
  if (scale * DENSITY < 1) return { height: row.height / DENSITY, width: row.width / DENSITY };
  return {
    height: Math.max(1, Math.round(row.height * scale)),
    width: Math.max(1, Math.round(row.width * scale)),
  };
}

/** What the widest word needs, a little air included; whole units, so that tiles stay on the dots. */
function columnWidth(words: readonly string[] | undefined): number {
  return words === undefined ? 0 : Math.ceil(Math.max(...words.map((word) => textWidth(word, LABEL))) + 8);
}
