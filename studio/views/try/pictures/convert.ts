/** A picture of any size and colour → the image that a model is given, and what was done to it, in words. */
import type { PageModel, Pixels } from 'hourglass/web';
import { borderOf, type Ground, groundOf } from './ground.ts';
import { inkAsMnist } from './ink.ts';
import { type Placement, type Plane, resample } from './resample.ts';

export interface Conversion {
  readonly preprocessing: PageModel['info']['preprocessing'];
  /** The ground that the training images have in common. */
  readonly ground: Ground | null;
  /** Whether ink is scaled and centred as MNIST's digits are. */
  readonly asMnist: boolean;
}

export interface Converted {
  /** Bytes [channels, height, width]. */
  readonly values: Uint8Array;
  readonly notes: readonly string[];
}

/** @param original the size of the picture, if the pixels were scaled from it. */
export function convert(
  pixels: Pixels,
  { preprocessing, ground, asMnist }: Conversion,
  original: { readonly width: number; readonly height: number } = pixels,
): Converted {
  const { channels, height, width, invert } = preprocessing;
  const notes: string[] = [];
  const behind = groundBehind(pixels, preprocessing.background, notes);
  let planes = planesOf(pixels, behind, channels);
  if (channels === 1 && hasColour(pixels)) notes.push('Its colours became grey.');
  if (channels === 3 && !hasColour(pixels)) {
    notes.push('It is grey: red, green and blue have the same values.');
  }
  if (invert) {
    planes = planes.map(inverted);
    notes.push('Black and white were swapped, as in the training images.');
  }
  const own = groundOf(borderValues(planes), 0.7);
  if (ground !== null && own !== null && own !== ground) {
    planes = planes.map(inverted);
    notes.push(`It was inverted: its ground is ${own}, that of the training images is ${ground}.`);
  }
  const ink = asMnist && channels === 1 ? inkAsMnist(planes[0]!, { height, width }, ground) : null;
  if (ink !== null) {
    notes.push(ink.note);
    planes = [ink.plane];
  } else {
    const border = invert ? 255 - behind : behind;
    const edge = ground === 'dark' ? 0 : ground === 'light' ? 255 : border;
    const place = placementOf(pixels, preprocessing);
    planes = planes.map((plane) => resample(plane, { height, width }, place, edge));
    notes.push(...scalingNotes(original, preprocessing));
  }
  const values = new Uint8Array(channels * height * width);
  for (const [c, plane] of planes.entries()) values.set(plane.values.map(Math.round), c * height * width);
  return { values, notes };
}

/** The grey behind transparent parts: the model's own, or its opposite if on that nothing could be seen. */
function groundBehind({ data }: Pixels, background: number, notes: string[]): number {
  let [transparent, distance, weight] = [false, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    if (alpha < 255) transparent = true;
    distance +=
      (alpha *
        (Math.abs(data[i]! - background) +
          Math.abs(data[i + 1]! - background) +
          Math.abs(data[i + 2]! - background))) /
      3;
    weight += alpha;
  }
  if (!transparent) return background;
  const behind = weight > 0 && distance / weight < 64 ? 255 - background : background;
  notes.push(`Its transparent parts were put on ${behind < 128 ? 'black' : 'white'}.`);
  return behind;
}

function planesOf({ width, height, data }: Pixels, behind: number, channels: number): Plane[] {
  const planes = Array.from({ length: channels }, () => new Float32Array(width * height));
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3]! / 255;
    const over = (c: number) => alpha * data[4 * i + c]! + (1 - alpha) * behind;
    const [red, green, blue] = [over(0), over(1), over(2)];
    const own = channels === 1 ? [0.299 * red + 0.587 * green + 0.114 * blue] : [red, green, blue];
    for (const [c, value] of own.entries()) planes[c]![i] = value;
  }
  return planes.map((values) => ({ width, height, values }));
}

const inverted = (plane: Plane): Plane => ({ ...plane, values: plane.values.map((value) => 255 - value) });

function borderValues(planes: readonly Plane[]): number[] {
  const places = borderOf(planes[0]!);
  return planes.flatMap(({ values }) => places.map((at) => values[at]!));
}

/** Whether red, green and blue differ by more than a rounding somewhere. */
function hasColour({ data }: Pixels): boolean {
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue, alpha] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
    if (alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) > 12) return true;
  }
  return false;
}

function placementOf(
  from: { readonly width: number; readonly height: number },
  { height, width, fit }: Conversion['preprocessing'],
): Placement {
  const [across, down] = [width / from.width, height / from.height];
  const scale = fit === 'cover' ? Math.max(across, down) : Math.min(across, down);
  const [scaleX, scaleY] = fit === 'fill' ? [across, down] : [scale, scale];
  return {
    scaleX,
    scaleY,
    shiftX: (width - scaleX * from.width) / 2,
    shiftY: (height - scaleY * from.height) / 2,
  };
}

function scalingNotes(
  from: { readonly width: number; readonly height: number },
  { height, width, fit }: Conversion['preprocessing'],
): string[] {
  if (from.width === width && from.height === height) return [];
  const sizes = `It was scaled from ${from.width} × ${from.height} to ${width} × ${height} pixels`;
  const isWider = from.width * height > from.height * width;
  const isAlike = from.width * height === from.height * width;
  const how = isAlike
    ? ''
    : fit === 'contain'
      ? `, with a border ${isWider ? 'above and below' : 'at its sides'}`
      : fit === 'cover'
        ? `; ${isWider ? 'its sides were' : 'its top and bottom were'} cut off`
        : ' and stretched';
  const small = Math.min(from.width, from.height) < Math.min(width, height) / 4;
  return [`${sizes}${how}.`, ...(small ? ['It is so small that it shows little detail.'] : [])];
}
