/** How the images of a folder are converted: by the settings, or else by what most of the images have. */
import { HourglassError } from '../../errors.ts';
import type { FolderSettings } from './folder-settings.ts';
import type { ImageFile, ImageReader } from './image-file.ts';
import type { Member } from './layout-parts.ts';
import { mapInOrder } from './order.ts';
import { type WholePreprocessing, wholePreprocessing } from './preprocessing.ts';

const SMALLEST_SIDE = 4;
/** The largest side that a setting may ask for … */
const LARGEST_SIDE = 1024;
/** … and the largest that images keep where there is no setting. */
const LARGEST_OWN_SIDE = 128;
/** Images that decide size and colours, where no setting does. */
export const LOOKED_AT = 1000;
/** The side of images that are larger than a model takes, or of many sizes. */
const USUAL_SIDE = 64;
/** With `longerSide`, what sides are multiples of: four strides of 2 divide them. */
const STEP = 16;
/** Strips, whose shorter side would be less than this, are stretched to it. */
const THINNEST = 16;

/** The settings, or else the most common size, and grey if all are grey. */
export async function preprocessingOf<F extends ImageFile>(
  files: readonly Member<F>[],
  { size, longerSide, tiles, channels, fit, invert, background, range, depth }: FolderSettings,
  folder: string,
  reader: ImageReader<F>,
): Promise<WholePreprocessing> {
  const sides = size === undefined ? null : typeof size === 'number' ? [size, size] : size;
  const fits = (side: number) => Number.isInteger(side) && side >= SMALLEST_SIDE && side <= LARGEST_SIDE;
  if (sides !== null && !(sides.length === 2 && sides.every(fits))) {
    throw new HourglassError('usage', {
      subject: 'data.size',
      rule: `must be a side, or [height, width], of ${SMALLEST_SIDE} to ${LARGEST_SIDE} pixels`,
      got: size,
    });
  }
  if (longerSide !== undefined && !(fits(longerSide) && longerSide >= STEP)) {
    throw new HourglassError('usage', {
      subject: 'data.longerSide',
      rule: `must be a whole number of ${STEP} to ${LARGEST_SIDE} pixels`,
      got: longerSide,
    });
  }
  const found =
    sides !== null && channels !== undefined
      ? null
      : await look(files.slice(0, LOOKED_AT), folder, reader, { longerSide, tiles });
  const [height, width] = sides ?? found!.size;
  return wholePreprocessing({
    height: height!,
    width: width!,
    channels: channels ?? found!.channels,
    ...(fit === undefined && found?.fit === undefined ? {} : { fit: fit ?? found!.fit! }),
    ...(invert === undefined ? {} : { invert }),
    ...(background === undefined ? {} : { background }),
    ...(range === undefined ? {} : { range }),
    ...(depth === undefined ? {} : { depth }),
  });
}

async function look<F extends ImageFile>(
  files: readonly Member<F>[],
  folder: string,
  reader: ImageReader<F>,
  { longerSide, tiles }: { [K in 'longerSide' | 'tiles']: FolderSettings[K] | undefined },
): Promise<{ size: [height: number, width: number]; channels: 1 | 3; fit?: 'fill' }> {
  const sizes = new Map<string, number>();
  let seen = 0;
  let grey = true;
  let reason = 'none';
  const inspect = ({ file }: Member<F>) =>
    reader.inspect(file).catch((error: Error) => {
      if (reason === 'none') reason = `none: ${error.message}`;
      return null;
    });
  for await (const found of mapInOrder(files, inspect, reader.width)) {
    // Unreadable files are reported later, when they are read.
    if (found === null) continue;
    seen++;
    grey &&= found.isGrey;
    const key = `${found.height} ${found.width}`;
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  if (seen === 0) {
    const rule = 'must hold at least one image that can be read';
    throw new HourglassError('data', { subject: folder, rule, got: reason });
  }
  const [[key, count]] = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)) as [
    [string, number],
  ];
  const size = key.split(' ').map(Number) as [number, number];
  const isCommon = count > seen / 2;
  const typical = isCommon ? size : medianOf(sizes);
  const chosen =
    tiles !== undefined
      ? sizeForTiles(typical, tiles.side, longerSide)
      : longerSide === undefined
        ? usualSize(size, isCommon)
        : sizeWithin(longerSide, typical);
  const stretch = (chosen[0] * size[1]) / (chosen[1] * size[0]);
  const isStretched = isCommon && (stretch > 2 || stretch < 1 / 2);
  return { size: chosen, channels: grey ? 1 : 3, ...(isStretched ? { fit: 'fill' } : {}) };
}

/** The median height and the median width. */
function medianOf(sizes: ReadonlyMap<string, number>): [number, number] {
  const median = (side: 0 | 1): number => {
    const all = [...sizes].flatMap(([key, count]) =>
      new Array<number>(count).fill(Number(key.split(' ')[side])),
    );
    return all.sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
  };
  return [median(0), median(1)];
}

/** A size whose longer side is at most so long, in the same proportions as nearly as multiples of {@link STEP} allow. */
function sizeWithin(longerSide: number, [height, width]: [number, number]): [number, number] {
  const scale = Math.min(1, longerSide / Math.max(height, width));
  const most = STEP * Math.floor(longerSide / STEP);
  const scaled = (side: number) => Math.min(most, Math.max(STEP, STEP * Math.round((side * scale) / STEP)));
  return [scaled(height), scaled(width)];
}

/** The pictures' own size, or what a longer side makes of it. A shorter side that a tile does not fit becomes as long as it. */
function sizeForTiles(
  [height, width]: [number, number],
  side: number,
  longerSide = LARGEST_SIDE,
): [number, number] {
  const scale = Math.min(1, longerSide / Math.max(height, width));
  const sides = [height, width].map((own) => Math.round(own * scale)) as [number, number];
  // Where neither side is as long, there is nothing to see through tiles: it is refused later.
  return Math.max(...sides) < side ? sides : [Math.max(side, sides[0]), Math.max(side, sides[1])];
}

/** The images' own size if most have it and it is small enough; otherwise 64 along the longer side. */
function usualSize([height, width]: [number, number], isCommon: boolean): [number, number] {
  if (!isCommon) return [USUAL_SIDE, USUAL_SIDE];
  const own = [height, width].every((side) => side >= SMALLEST_SIDE && side <= LARGEST_OWN_SIDE);
  if (own) return [height, width];
  const scale = USUAL_SIDE / Math.max(height, width);
  // Multiples of 4, so that two poolings divide them.
  const scaled = (side: number) => 4 * Math.round((side * scale) / 4);
  const sides: [number, number] = [scaled(height), scaled(width)];
  if (Math.min(...sides) >= THINNEST) return sides;
  // A strip: the longest side there may be, and enough of the other to see something.
  return height < width ? [THINNEST, LARGEST_OWN_SIDE] : [LARGEST_OWN_SIDE, THINNEST];
}
