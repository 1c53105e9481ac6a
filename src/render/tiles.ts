/**
 * Images side by side as one embedded PNG. Pixels are enlarged here: `image-rendering` alone leaves them blurred in
 * some viewers. An image that is larger than its place is made smaller, each dot the mean of what it covers.
 */
import { base64 } from '../codecs/base64.ts';
import { mosaic } from '../codecs/mosaic.ts';
import { encodePng } from '../codecs/png.ts';
import { areaAverage, type ImageSize } from './pixels.ts';
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
  const step = { x: Math.round(pitch.x * DENSITY), y: Math.round(pitch.y * DENSITY) };
  const dots = { height: Math.round(tile.height * DENSITY), width: Math.round(tile.width * DENSITY) };
  const isSmaller = dots.height < tiles.height || dots.width < tiles.width;
  const drawn = isSmaller ? shrunk(tiles, dots) : tiles;
  const sheet = mosaic(drawn.data.subarray(0, count * drawn.height * drawn.width * channels), {
    ...{ channels, height: drawn.height, width: drawn.width, columns: Math.min(columns, count), tile: dots },
    gap: { height: step.y - dots.height, width: step.x - dots.width },
  });
  const { width, height } = sheet;
  // Enlarged pixels keep their edges; photographs are smooth.
  const isEnlarged = dots.width >= 2 * tiles.width;
  const png = base64(encodePng(sheet));
  const box = `x="${x}" y="${y}" width="${width / DENSITY}" height="${height / DENSITY}"`;
  const image = `<image ${box} preserveAspectRatio="none" ${isEnlarged ? 'style="image-rendering:pixelated" ' : ''}href="data:image/png;base64,${png}"/>`;
  if (tiles.frames === false) return image;
  const [frameWidth, frameHeight] = [dots.width / DENSITY + 1, dots.height / DENSITY + 1];
  const frames = Array.from({ length: count }, (_, n) => {
    const left = x + ((n % columns) * step.x) / DENSITY - 0.5;
    const top = y + (Math.floor(n / columns) * step.y) / DENSITY - 0.5;
    return `M${round(left)} ${round(top)}h${frameWidth}v${frameHeight}h${-frameWidth}z`;
  });
  return `${image}\n<path d="${frames.join('')}" fill="none" stroke="${FRAME}"/>`;
}

/** All images at the size of their places. */
function shrunk(tiles: Tiles, dots: ImageSize): Tiles {
  const { data, channels, count, height, width } = tiles;
  const to = { height: Math.min(dots.height, height), width: Math.min(dots.width, width) };
  const [from, size] = [height * width, to.height * to.width];
  const small = new Uint8Array(count * size * channels);
  const plane = new Uint8Array(from);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < from; i++) plane[i] = data[(n * from + i) * channels + c]!;
      const mean = areaAverage(plane, { height, width }, to);
      for (let i = 0; i < size; i++) small[(n * size + i) * channels + c] = mean[i]!;
    }
  }
  return { ...tiles, data: small, ...to };
}
