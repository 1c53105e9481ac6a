/**
 * Images on a plane in place of its dots. Strokes on a ground are drawn as ink in the colour of their class and let one
 * another through; photographs have a frame of that colour.
 */
import type { ImageSet } from '../../../src/studio/protocol.ts';
import { mixed, type Surface } from '../plot/scatter.ts';
import type { Look } from './pixels.ts';

/** More are shown as dots. */
export const MOST_PICTURES = 500;
const SIDES = [16, 20, 24, 28, 36, 48, 64, 84];
/** The share of the canvas that the pictures may cover together. */
const COVER = 0.7;
const KEPT = 2000;

/** The longer side of each picture in pixels. */
export function tileSide(
  count: number,
  { width, height }: { width: number; height: number },
  ratio = 1,
): number {
  const wanted = Math.sqrt((COVER * width * height) / Math.max(1, count));
  return Math.round(SIDES.findLast((side) => side * ratio <= wanted) ?? SIDES[0]!) * ratio;
}

/** Images at one size, made when they are first shown. */
export class Tiles {
  private readonly kept = new Map<number, Uint8Array>();
  private side = 0;
  width = 0;
  height = 0;

  private readonly set: ImageSet;
  private readonly look: Look;

  constructor(set: ImageSet, look: Look) {
    this.set = set;
    this.look = look;
  }

  resize(side: number): void {
    if (side === this.side) return;
    this.side = side;
    const scale = side / Math.max(this.look.width, this.look.height);
    this.width = Math.max(1, Math.round(this.look.width * scale));
    this.height = Math.max(1, Math.round(this.look.height * scale));
    this.kept.clear();
  }

  /** [channels, height, width] at the tiles' size: means of the pixels that fall together, or the nearest one. */
  private at(index: number): Uint8Array {
    const found = this.kept.get(index);
    if (found !== undefined) return found;
    if (this.kept.size >= KEPT) this.kept.clear();
    const { look, width, height } = this;
    const tile = new Uint8Array(width * height * look.channels);
    const plane = look.width * look.height;
    const from = index * plane * look.channels;
    for (let c = 0; c < look.channels; c++) {
      for (let y = 0; y < height; y++) {
        const [top, bottom] = reach(y, height, look.height);
        for (let x = 0; x < width; x++) {
          const [left, right] = reach(x, width, look.width);
          let sum = 0;
          for (let v = top; v < bottom; v++) {
            for (let u = left; u < right; u++) sum += this.set.values[from + c * plane + v * look.width + u]!;
          }
          tile[(c * height + y) * width + x] = sum / ((bottom - top) * (right - left));
        }
      }
    }
    this.kept.set(index, tile);
    return tile;
  }

  /** Draws an image with its middle at a pixel. */
  draw(
    surface: Surface,
    index: number,
    middleX: number,
    middleY: number,
    colour: number,
    opacity: number,
  ): void {
    const { width, height, look } = this;
    const tile = this.at(index);
    const left = Math.round(middleX - width / 2);
    const top = Math.round(middleY - height / 2);
    const alpha = Math.round(256 * opacity);
    const frame = look.ink ? 0 : 2;
    const area = width * height;
    for (let y = Math.max(-frame, -top); y < height + frame && top + y < surface.height; y++) {
      const row = (top + y) * surface.width;
      for (let x = Math.max(-frame, -left); x < width + frame && left + x < surface.width; x++) {
        const at = row + left + x;
        const below = surface.pixels[at]!;
        if (x < 0 || y < 0 || x >= width || y >= height) {
          surface.pixels[at] = mixed(below, colour, alpha);
          continue;
        }
        const i = y * width + x;
        const value = tile[i]!;
        if (look.ink) {
          if (value > 8) surface.pixels[at] = mixed(below, colour, (value * alpha) >> 8);
        } else {
          const [green, blue] = look.channels === 3 ? [tile[area + i]!, tile[2 * area + i]!] : [value, value];
          surface.pixels[at] = mixed(below, (blue << 16) | (green << 8) | value, alpha);
        }
      }
    }
  }
}

/** The pixels of an image of `size` that fall into the i-th of `count`. */
function reach(i: number, count: number, size: number): [number, number] {
  const from = Math.floor((i * size) / count);
  return [from, Math.max(from + 1, Math.floor(((i + 1) * size) / count))];
}
