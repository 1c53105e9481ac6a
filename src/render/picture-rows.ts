/** Rows of images as bytes to be drawn: ink, heat, signed values, or heat over ink, each on its own range. */
import { checkRange, extent, wrong } from './checks.ts';
import type { ColourBar } from './colour-bar.ts';
import { type ColourScale, coloured, overlaid } from './colourmaps.ts';
import {
  channelMeans,
  type ImageKind,
  type ImageRow,
  type ImageSize,
  levels,
  pictured,
  sharedCount,
} from './pixels.ts';

export interface PictureRow extends ImageRow {
  /**
   * `ink` (default): low is white, high is black; of light or coloured images, these as they are. `heat`: from white at the low end through orange to brown, for errors
   * as |x − x̂|. `signed`: blue below zero, white at zero, vermilion above, for residuals x̂ − x. Of
   * images of three channels heat and signed values are the mean over them.
   */
  scale?: ColourScale;
  /**
   * The values of the scale's first colour and last; what lies outside is clipped. Default for ink: the picture's
   * range. For heat, 0 to the greatest value of all heat rows without a range; for signed, the greatest magnitude of
   * all such rows on either side of zero. Of an overlay's row: the overlay's range.
   */
  range?: readonly [number, number];
  /** Values ≥ 0 of the images' size, drawn as heat over the images in grey, the denser the greater. */
  overlay?: Float32Array;
  /** How much an overlay covers where it is strongest, 0 to 1. Default 1. */
  opacity?: number;
  /** Of grey images that are not of the picture's size; they are enlarged into its tiles, their shape kept. Both or none. */
  height?: number;
  width?: number;
}

/** A row ready to be drawn. */
export interface DrawnRow extends ImageSize {
  data: Uint8Array;
  channels: 1 | 3;
}

/**
 * All rows as bytes, and the colour bars of those that are not ink: one for each range.
 *
 * @throws HourglassError('usage', …) for rows that do not match, a pixel that is not finite, or a bad range.
 */
export function drawnRows(
  rows: readonly PictureRow[],
  size: ImageKind,
  inkRange?: readonly [number, number],
): { count: number; drawn: DrawnRow[]; bars: ColourBar[] } {
  const batches = rows.map((row) => ({ subject: subject(row), images: row.images, size: sizeOf(row, size) }));
  const count = sharedCount(batches, 'at least one row with one image must be given');
  checkRange('range', inkRange);
  for (const row of rows) checkRow(row);
  const common = { heat: commonRange(rows, 'heat'), signed: commonRange(rows, 'signed') };
  const bars: ColourBar[] = [];
  const drawn = rows.map((row, i) => {
    const own = batches[i]!.size;
    const kind = kindOf(row);
    if (kind === 'ink') {
      return { ...own, ...pictured(subject(row), row.images, own, row.range ?? inkRange) };
    }
    const range = row.range ?? common[kind];
    addBar(bars, { name: row.label, scale: kind, range });
    const mean = (images: Float32Array | Uint8Array) => channelMeans(images, own);
    const values = levels(subject(row), mean(row.overlay ?? row.images), plane(own), range);
    const data = row.overlay
      ? overlaid(ground(row, own, inkRange), values, row.opacity)
      : coloured(values, kind);
    return { ...own, data, channels: 3 as const };
  });
  return { count, drawn, bars };
}

const plane = ({ height, width }: ImageKind): ImageSize => ({ height, width });

/** The background of an overlay: grey, 255 for ink. */
function ground(row: PictureRow, kind: ImageKind, range?: readonly [number, number]): Uint8Array {
  const grey = levels(subject(row), channelMeans(row.images, kind), plane(kind), range);
  return kind.light ? grey.map((level) => 255 - level) : grey;
}

const subject = (row: PictureRow) => `row "${row.label}"`;

const kindOf = (row: PictureRow): ColourScale => (row.overlay ? 'heat' : (row.scale ?? 'ink'));

function sizeOf(row: PictureRow, kind: ImageKind): ImageKind {
  if ((row.height === undefined) !== (row.width === undefined)) {
    throw wrong(subject(row), 'height and width must be given both or not at all');
  }
  const { height, width } = row;
  return height === undefined || width === undefined ? kind : { height, width };
}

function checkRow(row: PictureRow): void {
  const { scale = 'ink', overlay, range } = row;
  if (!['ink', 'heat', 'signed'].includes(scale)) {
    throw wrong(subject(row), 'scale must be ink, heat or signed', scale);
  }
  checkRange(`${subject(row)}, range`, range);
  if (scale === 'signed' && range !== undefined && range[0] !== -range[1]) {
    throw wrong(`${subject(row)}, range`, 'must be symmetric around zero on a signed scale', range);
  }
  if (overlay === undefined) return;
  if (overlay.length !== row.images.length) {
    throw wrong(
      subject(row),
      `its overlay must have a value for each of ${row.images.length} pixels`,
      overlay.length,
    );
  }
  if (scale === 'signed') throw wrong(subject(row), 'an overlay is drawn as heat, not on a signed scale');
}

/** The range of all rows of a kind that give none; any where there are none or all values are zero. */
function commonRange(rows: readonly PictureRow[], kind: 'heat' | 'signed'): readonly [number, number] {
  const free = rows.filter((row) => kindOf(row) === kind && row.range === undefined);
  const [low, high] = free.length === 0 ? [0, 1] : extent(...free.map((row) => row.overlay ?? row.images));
  const most = Math.max(high, kind === 'signed' ? -low : 0);
  // A value that is not finite is named where it is drawn.
  const reach = most > 0 && Number.isFinite(most) ? most : 1;
  return [kind === 'signed' ? -reach : 0, reach];
}

/** Rows on the same scale and range share a bar, named after all of them. */
function addBar(bars: ColourBar[], bar: ColourBar): void {
  const same = bars.find(
    ({ scale, range }) => scale === bar.scale && range[0] === bar.range[0] && range[1] === bar.range[1],
  );
  if (same === undefined) bars.push(bar);
  else if (!same.name.split(', ').includes(bar.name)) same.name += `, ${bar.name}`;
}
