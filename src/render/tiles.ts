/**
 * Images side by side as one embedded PNG. Pixels are enlarged here: `image-rendering` alone leaves them blurred in
 * some viewers.
 */
import { encodePng } from '../codecs/png.ts';
import type { ImageSize } from './pixels.ts';
import { round } from './text.ts';

/** Embedded dots for one SVG unit: what `svgToPng` draws by default, so that it need not resample. */
export const DENSITY = 2;

/** The thin line around an image, so that white ones keep their edges. */
export const FRAME = '#c4c4c4';

export interface Tiles extends ImageSize {
  /** Bytes [count, height, width, channels] to be drawn as they are: 1 channel is grey, 3 are colours. */
  data: Uint8Array;
  channels: 1 | 3;
  count: number;
  /** Images in a row; the last row may be shorter. */
  columns: number;
  /** Upper left corner of the first image, in SVG units. */
  x: number;
  y: number;
  /** Size of an image on the page, and the distance from one to the next, in SVG units. */
  tile: ImageSize;
  pitch: { x: number; y: number };
  /** Default true: a thin frame around each image. */
  frames?: boolean;
}

/** The images as an SVG element, and their frames. */
export function drawTiles(tiles: Tiles): string {
  const { channels, count, columns, x, y, tile, pitch } = tiles;
  const across = Math.min(columns, count);
  const down = Math.ceil(count / columns);
  const step = { x: Math.round(pitch.x * DENSITY), y: Math.round(pitch.y * DENSITY) };
  const dots = { height: Math.round(tile.height * DENSITY), width: Math.round(tile.width * DENSITY) };
  const width = step.x * (across - 1) + dots.width;
  const height = step.y * (down - 1) + dots.height;
  const sheet = new Uint8Array(width * height * channels).fill(255);
  for (let n = 0; n < count; n++) {
    const corner = Math.floor(n / columns) * step.y * width + (n % columns) * step.x;
    enlarge(tiles, n, dots, { sheet, corner, width });
  }
  const png = Buffer.from(encodePng({ width, height, channels, data: sheet })).toString('base64');
  const box = `x="${x}" y="${y}" width="${width / DENSITY}" height="${height / DENSITY}"`;
  const image = `<image ${box} preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>`;
  if (tiles.frames === false) return image;
  const [frameWidth, frameHeight] = [dots.width / DENSITY + 1, dots.height / DENSITY + 1];
  const frames = Array.from({ length: count }, (_, n) => {
    const left = x + ((n % columns) * step.x) / DENSITY - 0.5;
    const top = y + (Math.floor(n / columns) * step.y) / DENSITY - 0.5;
    return `M${round(left)} ${round(top)}h${frameWidth}v${frameHeight}h${-frameWidth}z`;
  });
  return `${image}\n<path d="${frames.join('')}" fill="none" stroke="${FRAME}"/>`;
}

/** Image `n` written into the sheet from a dot on; every dot is the pixel it lies in. */
function enlarge(
  { data, channels, height, width }: Tiles,
  n: number,
  dots: ImageSize,
  to: { sheet: Uint8Array; corner: number; width: number },
): void {
  const columns = Array.from({ length: dots.width }, (_, dot) => Math.floor((dot * width) / dots.width));
  let before = -1;
  for (let line = 0; line < dots.height; line++) {
    const start = (to.corner + line * to.width) * channels;
    const row = Math.floor((line * height) / dots.height);
    if (row === before) {
      const above = start - to.width * channels;
      to.sheet.copyWithin(start, above, above + dots.width * channels);
      continue;
    }
    before = row;
    for (let dot = 0; dot < dots.width; dot++) {
      const pixel = ((n * height + row) * width + columns[dot]!) * channels;
      for (let c = 0; c < channels; c++) to.sheet[start + dot * channels + c] = data[pixel + c]!;
    }
  }
}
