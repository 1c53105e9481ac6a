/** A picture at its own size, and where on it lies what a model saw of it. */
import { convertFile, inspectFile } from './convert.ts';
import { readFileBounded } from './files.ts';
import { isImageName } from './formats.ts';
import { LARGEST_FILE, type WholePreprocessing } from './preprocessing.ts';

/** A picture upright, in colour: bytes [3, height, width]. */
export interface OriginalPicture {
  height: number;
  width: number;
  values: Uint8Array;
}

/** The picture in a file by the name that a stream of images gave it; null if the name is of something else. */
export async function originalPicture(name: string): Promise<OriginalPicture | null> {
  if (!isImageName(name)) return null;
  try {
    const bytes = await readFileBounded(name, name, LARGEST_FILE);
    const { height, width } = await inspectFile(bytes, name);
    const own = { height, width, channels: 3, fit: 'fill', invert: false, background: 0 } as const;
    const { values } = await convertFile(bytes, name, own);
    return { height, width, values: values as Uint8Array };
  } catch {
    // It was read before; where it is gone now, there is no original to show.
    return null;
  }
}

/**
 * A map [height, width] of what a model saw, brought onto the original: the inverse of `fit`, by linear interpolation. 0
 * where the model saw nothing.
 */
export function placedOnOriginal(
  map: Float32Array,
  { height, width, fit }: Pick<WholePreprocessing, 'height' | 'width' | 'fit'>,
  original: { height: number; width: number },
): Float32Array {
  const ratio = { x: width / original.width, y: height / original.height };
  if (fit !== 'fill') {
    const one = fit === 'cover' ? Math.max(ratio.x, ratio.y) : Math.min(ratio.x, ratio.y);
    ratio.x = one;
    ratio.y = one;
  }
  const offset = {
    x: (width - original.width * ratio.x) / 2,
    y: (height - original.height * ratio.y) / 2,
  };
  const columns = positions(original.width, width, ratio.x, offset.x);
  const rows = positions(original.height, height, ratio.y, offset.y);
  const placed = new Float32Array(original.height * original.width);
  for (const [y, row] of rows.entries()) {
    if (row === null) continue;
    for (const [x, column] of columns.entries()) {
      if (column === null) continue;
      const at = (r: number, c: number) => map[r * width + c]!;
      const above = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part;
      const below = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part;
      placed[y * original.width + x] = above * (1 - row.part) + below * row.part;
    }
  }
  return placed;
}

interface Between {
  low: number;
  high: number;
  /** How far from `low` to `high`, 0 to 1. */
  part: number;
}

/** For each pixel along a side of the original the two of the map it lies between; null outside of the map. */
function positions(original: number, side: number, ratio: number, offset: number): (Between | null)[] {
  return Array.from({ length: original }, (_, i) => {
    const at = (i + 0.5) * ratio + offset - 0.5;
    if (at < -0.5 || at > side - 0.5) return null;
    const inside = Math.min(side - 1, Math.max(0, at));
    const low = Math.min(Math.floor(inside), Math.max(0, side - 2));
    return { low, high: Math.min(side - 1, low + 1), part: inside - low };
  });
}
