/** A block of images in rows and columns, with one frame around all or one around each. */
import { checkRange, checkWhole, wrong } from './checks.ts';
import { type ImageKind, type ImageSize, pictured, sharedCount } from './pixels.ts';
import { round } from './text.ts';
import { DENSITY, drawTiles, FRAME } from './tiles.ts';

export interface GridShape extends ImageKind {
  columns: number;
  rows: number;
}

export interface GridLayout extends GridShape {
  /** The size of one image on the page. */
  tile: ImageSize;
  /** Space between images. */
  gap: number;
  /** The size of the whole block. */
  across: number;
  down: number;
}

/** At most this many images either way. */
const MOST = 200;

/** No image of a grid is wider than this, but for one whose pixels are a dot each and that is hardly wider. */
const WIDEST = 56;
const HARDLY = 1.15;
/** No image of a grid is this many times as high as it may be wide. */
const TALLEST = 4;

/**
 * How large a grid is drawn: about `target` units wide. A pixel is a whole number of dots; images that are larger than
 * their places are made smaller.
 */
export function gridLayout(shape: GridShape, target: number, gap: number): GridLayout {
  const { columns, rows, height, width } = shape;
  checkWhole('columns', columns, 1, MOST);
  checkWhole('rows', rows, 1, MOST);
  if (!(Number.isInteger(gap * DENSITY) && gap >= 0 && gap <= 50)) {
    throw wrong('gap', `must be a multiple of ${1 / DENSITY} from 0 to 50`, String(gap));
  }
  const tile = tileSize({ height, width }, Math.min(target / columns, WIDEST));
  const across = columns * (tile.width + gap) - gap;
  return { ...shape, tile, gap, across, down: rows * (tile.height + gap) - gap };
}

/** The size of an image on the page that is to be about so wide, in whole dots; of a tall one, less. */
export function tileSize({ height, width }: ImageSize, widest: number): ImageSize {
  const wanted = Math.min(widest, (TALLEST * widest * width) / height);
  const dots = Math.floor((wanted / width) * DENSITY + 1e-9);
  const scale = dots === 0 && width / DENSITY <= wanted * HARDLY ? 1 : dots;
  if (scale > 0) return { height: (height * scale) / DENSITY, width: (width * scale) / DENSITY };
  const across = Math.max(1, Math.floor(wanted * DENSITY));
  const down = Math.min(Math.round((across * height) / width), TALLEST * widest * DENSITY);
  return {
    height: Math.max(1, Math.floor(down)) / DENSITY,
    width: across / DENSITY,
  };
}

/**
 * Images [rows × columns, channels, height, width] as they are drawn.
 *
 * @throws HourglassError('usage', …) unless there is an image for each place and every pixel is finite.
 */
export function gridPixels(
  subject: string,
  images: Float32Array | Uint8Array,
  shape: GridShape,
  range?: readonly [number, number],
): { data: Uint8Array; channels: 1 | 3 } {
  checkRange('range', range);
  const count = sharedCount([{ subject, images, size: shape }], 'at least one image must be given');
  const { columns, rows } = shape;
  if (count !== columns * rows) {
    throw wrong(subject, `must be an image for each place of ${columns} columns × ${rows} rows`, count);
  }
  return pictured(subject, images, shape, range);
}

/** The block with its upper left corner at (x, y), its last row cut short where there are fewer images. */
export function drawGrid(
  { data, channels, count }: { data: Uint8Array; channels: 1 | 3; count: number },
  { tile, gap, across, down, columns, height, width }: GridLayout,
  { x, y, frames = 'all' }: { x: number; y: number; frames?: 'all' | 'each' },
): string {
  const pitch = { x: tile.width + gap, y: tile.height + gap };
  const tiles = drawTiles({
    ...{ data, channels, count, columns, height, width, tile, pitch, x, y, frames: frames === 'each' },
  });
  if (frames === 'each') return tiles;
  // The frame keeps its distance from the images as they do from each other.
  const away = Math.min(gap, 3) + 0.5;
  const box = `x="${round(x - away)}" y="${round(y - away)}" width="${across + 2 * away}" height="${down + 2 * away}"`;
  return `${tiles}\n<rect ${box} fill="none" stroke="${FRAME}"/>`;
}
