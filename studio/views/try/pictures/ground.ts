/** Whether something is drawn on a dark or on a light ground, by its border. */

export type Ground = 'dark' | 'light';

const DARK = 64;
const LIGHT = 191;

/** The places of the border of an image. */
export function borderOf({ width, height }: { readonly width: number; readonly height: number }): number[] {
  const places: number[] = [];
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) places.push(i);
  }
  return places;
}

/** The ground of border pixels, 0 to 255; null unless most of them agree. */
export function groundOf(border: ArrayLike<number>, most: number): Ground | null {
  let [dark, light] = [0, 0];
  for (let i = 0; i < border.length; i++) {
    if (border[i]! < DARK) dark++;
    if (border[i]! > LIGHT) light++;
  }
  if (dark >= most * border.length) return 'dark';
  return light >= most * border.length ? 'light' : null;
}

/** So many images are enough to see what the ground of a data set is. */
const ENOUGH = 200;

/** The ground that training images have in common; null for photographs and the like. */
export function groundOfSet(images: {
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Uint8Array;
}): Ground | null {
  const places = borderOf(images);
  const plane = images.height * images.width;
  const planes = Math.min(images.count, ENOUGH) * images.channels;
  const border = Array.from({ length: planes }, (_, i) => places.map((at) => images.values[i * plane + at]!));
  return groundOf(border.flat(), 0.9);
}
