/** A mask at the size of its picture → the pixels that a model sees, fitted as the picture is. */
import { HourglassError } from '../../errors.ts';
import type { ImageFile, ImageReader } from './image-file.ts';
import type { WholePreprocessing } from './preprocessing.ts';

/** Bytes, row by row. */
interface Plane {
  height: number;
  width: number;
  values: Uint8Array;
}

/**
 * Reads a mask and fits it as its picture was: [height, width], 1 where at least half of a pixel is defective, else 0.
 * @param picture the picture's own size, upright.
 * @throws HourglassError (data) for a mask of another size than its picture's, and as the reader does.
 */
export async function readMask<F extends ImageFile>(
  reader: ImageReader<F>,
  mask: F,
  picture: { name: string; height: number; width: number },
  to: WholePreprocessing,
): Promise<Uint8Array> {
  const { height, width } = await reader.inspect(mask);
  if (height !== picture.height || width !== picture.width) {
    throw new HourglassError('data', {
      subject: mask.name,
      rule: `must be as large as its picture, ${picture.name}: ${picture.width} × ${picture.height}`,
      got: `${width} × ${height}`,
    });
  }
  const { values } = await reader.convert(mask, {
    ...{ height, width, channels: 1, fit: 'fill', invert: false, background: 0 },
  });
  return fitMask({ height, width, values: binary(values as Uint8Array) }, to);
}

/** 1 from half of white on. Where nothing is that bright the values are numbers of regions: 1 for all but 0. */
function binary(values: Uint8Array): Uint8Array {
  const least = values.some((value) => value >= 128) ? 128 : 1;
  return values.map((value) => Number(value >= least));
}

/**
 * The share of each pixel that is covered, at least half as 1. A mask that would lose all its pixels keeps the ones
 * that it covers most.
 */
export function fitMask(
  mask: Plane,
  { height, width, fit }: Omit<WholePreprocessing, 'channels'>,
): Uint8Array {
  const columns = spans(mask.width, width, mask.height, height, fit);
  const rows = spans(mask.height, height, mask.width, width, fit);
  const covered = new Float64Array(height * width);
  // Along each row first, then down the columns: the share of a rectangle is the product of the shares of its sides.
  const line = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const down = rows[y];
    if (down === null || down === undefined) continue;
    for (let from = Math.floor(down.from); from < down.to; from++) {
      const weight = overlap(from, down);
      if (weight <= 0) continue;
      line.fill(0);
      for (let x = 0; x < width; x++) {
        const across = columns[x];
        if (across === null || across === undefined) continue;
        for (let at = Math.floor(across.from); at < across.to; at++) {
          if (mask.values[from * mask.width + at] === 1) line[x]! += overlap(at, across);
        }
        covered[y * width + x]! += (weight * line[x]!) / ((down.to - down.from) * (across.to - across.from));
      }
    }
  }
  const most = covered.reduce((a, b) => Math.max(a, b), 0);
  const least = Math.min(0.5, most) - 1e-9;
  return Uint8Array.from(covered, (share) => Number(share > 0 && share >= least));
}

interface Span {
  from: number;
  to: number;
}

/** How much of pixel `at` a span covers. */
const overlap = (at: number, { from, to }: Span): number => Math.min(at + 1, to) - Math.max(at, from);

/** For each pixel along a side of the result, what it shows of the same side of the mask; null in a border. */
function spans(
  own: number,
  side: number,
  otherOwn: number,
  otherSide: number,
  fit: WholePreprocessing['fit'],
): (Span | null)[] {
  const ratios = [side / own, otherSide / otherOwn];
  const ratio = fit === 'fill' ? side / own : fit === 'cover' ? Math.max(...ratios) : Math.min(...ratios);
  // Whole pixels, as pictures are scaled.
  const scaled = Math.max(1, Math.round(own * ratio));
  const offset = Math.floor((side - scaled) / 2);
  return Array.from({ length: side }, (_, i) => {
    const at = i - offset;
    if (at < 0 || at >= scaled) return null;
    return { from: (at * own) / scaled, to: ((at + 1) * own) / scaled };
  });
}
