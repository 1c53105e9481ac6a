/** Filters of planes [height, width]. */

export interface MapShape {
  channels: number;
  height: number;
  width: number;
  /** Of larger pictures that a network sees through windows: their side. Sizes of filters follow it, so that they are the same for pictures of any size. */
  seen?: number;
}

/** The side that sizes of filters are shares of: the shorter one of what a network sees at once. */
export const sideSeen = ({ height, width, seen }: Omit<MapShape, 'channels'>): number =>
  seen ?? Math.min(height, width);

/** Weights of a Gaussian over an odd number of pixels, their sum 1. */
export function bell(size: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** Filters along the rows with one list of weights and along the columns with another; beyond its edges a plane is mirrored. */
export function filtered(
  plane: Float64Array,
  { height, width }: { height: number; width: number },
  row: Float64Array,
  column: Float64Array,
): Float64Array {
  const across = new Float64Array(plane.length);
  const reach = (row.length - 1) / 2;
  const line = new Float64Array(width + 2 * reach);
  for (let start = 0; start < plane.length; start += width) {
    for (let i = 0; i < line.length; i++) line[i] = plane[start + mirrored(i - reach, width)]!;
    for (let x = 0; x < width; x++) {
      let sum = row[reach]! * line[x + reach]!;
      for (let k = 0; k < reach; k++) sum += row[k]! * (line[x + k]! + line[x + 2 * reach - k]!);
      across[start + x] = sum;
    }
  }
  const down = new Float64Array(plane.length);
  const half = (column.length - 1) / 2;
  for (let y = 0; y < height; y++) {
    const result = down.subarray(y * width, (y + 1) * width);
    for (let k = -half; k <= half; k++) {
      const weight = column[k + half]!;
      const start = mirrored(y + k, height) * width;
      for (let x = 0; x < width; x++) result[x]! += weight * across[start + x]!;
    }
  }
  return down;
}

/** A place beyond the ends of a side, mirrored into it: −1 is 0, −2 is 1. */
function mirrored(at: number, length: number): number {
  const place = ((at % (2 * length)) + 2 * length) % (2 * length);
  return place < length ? place : 2 * length - 1 - place;
}

/** Means of 2 × 2 pixels; a last odd row or column is left out. */
export function halved(plane: Float64Array, height: number, width: number): Float64Array {
  const [h, w] = [Math.floor(height / 2), Math.floor(width / 2)];
  const half = new Float64Array(h * w);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const at = 2 * y * width + 2 * x;
      half[y * w + x] = (plane[at]! + plane[at + 1]! + plane[at + width]! + plane[at + width + 1]!) / 4;
    }
  }
  return half;
}

/** Adds a smaller plane, enlarged to `height` × `width` by linear interpolation, `weight` times. */
export function addEnlarged(
  sum: Float64Array,
  { height, width }: { height: number; width: number },
  small: Float64Array,
  { height: h, width: w }: { height: number; width: number },
  weight: number,
): void {
  const columns = places(width, w);
  const rows = places(height, h);
  for (let y = 0; y < height; y++) {
    const { low, high, part } = rows[y]!;
    for (let x = 0; x < width; x++) {
      const column = columns[x]!;
      const above =
        small[low * w + column.low]! * (1 - column.part) + small[low * w + column.high]! * column.part;
      const below =
        small[high * w + column.low]! * (1 - column.part) + small[high * w + column.high]! * column.part;
      sum[y * width + x]! += weight * (above * (1 - part) + below * part);
    }
  }
}

/** For each pixel of a side, the two pixels of a smaller side that it lies between. */
function places(length: number, small: number): { low: number; high: number; part: number }[] {
  return Array.from({ length }, (_, i) => {
    const at = Math.min(small - 1, Math.max(0, ((i + 0.5) * small) / length - 0.5));
    const low = Math.floor(at);
    return { low, high: Math.min(small - 1, low + 1), part: at - low };
  });
}
