/** How an image of any size and colour is converted for a model. Recorded with a run and its model. */
import { FITS } from '../../choices.ts';
import { HourglassError } from '../../errors.ts';

/**
 * How an image of other proportions is fitted: `contain` scales it to lie within, with a border; `cover` scales it
 * to fill and crops the rest; `fill` stretches it.
 */
export type Fit = (typeof FITS)[number];

/** How an image of any size and colour is converted for a model. */
export interface Preprocessing {
  /** Pixels. */
  height: number;
  /** Pixels. */
  width: number;
  /** 1: grey, by luma; 3: red, green, blue. */
  channels: 1 | 3;
  /** Default contain. */
  fit?: Fit;
  /** Swaps black and white, for scans of dark ink if the model knows light ink on a dark ground. Default false. */
  invert?: boolean;
  /**
   * The grey, 0 to 255, behind transparent pixels and in borders, before `invert`. Default: the value that
   * becomes 0, which is black, or white with `invert`.
   */
  background?: number;
  /** The value that becomes white in pictures of 16 bits a channel, for example 4095 if 12 bits are used. Default 65535. */
  range?: number | undefined;
  /** 16: all 16 bits of a channel are kept; 8 bits become as many. Default 8. */
  depth?: 8 | 16 | undefined;
}

/**
 * A conversion with every default filled in; `range` is absent if the full range of 16 bits is used, `depth` unless it
 * is 16.
 */
export type WholePreprocessing = Required<Omit<Preprocessing, 'range' | 'depth'>> &
  Pick<Preprocessing, 'range'> & {
    /** Present where all 16 bits of a channel are kept. */
    depth?: 16 | undefined;
  };

/** The largest picture file, in bytes. */
export const LARGEST_FILE = 256 * 1024 * 1024;

/** The most pixels an image may have before it is scaled: 64 megapixels. */
export const MAX_PIXELS = 64 * 1024 * 1024;

/** The largest side of a model's images, in pixels. */
const LARGEST_SIDE = 4096;

/** @throws HourglassError (usage) for a value that is not valid. */
export function wholePreprocessing(given: Preprocessing): WholePreprocessing {
  const { height, width, channels, fit = 'contain', invert = false } = given;
  const { background = invert ? 255 : 0, range, depth = 8 } = given;
  const refuse = (subject: string, rule: string, got: unknown) =>
    new HourglassError('usage', { subject, rule, got });
  for (const [subject, side] of Object.entries({ height, width })) {
    if (!(Number.isInteger(side) && side > 0 && side <= LARGEST_SIDE))
      throw refuse(subject, `must be a whole number of pixels from 1 to ${LARGEST_SIDE}`, side);
  }
  if (channels !== 1 && channels !== 3) throw refuse('channels', 'must be 1 (grey) or 3 (RGB)', channels);
  if (!FITS.includes(fit)) throw refuse('fit', `must be ${FITS.join(', ')}`, fit);
  if (typeof invert !== 'boolean') throw refuse('invert', 'must be true or false', invert);
  if (!(Number.isInteger(background) && background >= 0 && background <= 255))
    throw refuse('background', 'must be a whole number from 0 (black) to 255 (white)', background);
  if (range !== undefined && !(Number.isInteger(range) && range >= 1 && range <= 65535))
    throw refuse('range', 'must be a whole number from 1 to 65535, the value that becomes white', range);
  if (depth !== 8 && depth !== 16) throw refuse('depth', 'must be 8 or 16 bits a channel', depth);
  return {
    height,
    width,
    channels,
    fit,
    invert,
    background,
    ...(range === undefined ? {} : { range }),
    ...(depth === 16 ? { depth } : {}),
  };
}

const colours = (channels: number) => (channels === 1 ? 'grey' : 'RGB');

/** One line for people, for example "28 × 28 grey, fitted within, inverted". */
export function describePreprocessing(of: Preprocessing): string {
  const { height, width, channels, fit, invert, range, depth } = wholePreprocessing(of);
  const fitted = { contain: 'fitted within', cover: 'fitted to cover', fill: 'stretched' }[fit];
  return `${width} × ${height} ${colours(channels)}, ${fitted}${invert ? ', inverted' : ''}${range === undefined ? '' : `, ${range.toLocaleString('en')} as white`}${depth === undefined ? '' : ', 16 bits a channel'}`;
}

/** What was done to one image. */
export interface Conversion {
  from: { height: number; width: number; colours: string };
  /** The steps in words, in order; empty if nothing was done. */
  steps: string[];
  /** The brightest value there can have been in a picture of 16 bits a channel. */
  peak?: number;
}

/** A line on what was done to all images of a kind, from one of them. */
export function describeConversion({ from, steps }: Conversion, to: Preprocessing): string {
  const target = `${to.width} × ${to.height} ${colours(to.channels)}`;
  return `${target} from ${from.width} × ${from.height} ${from.colours}: ${steps.join(', ')}`;
}

const shade = (grey: number) => ({ 0: 'black', 255: 'white' })[grey] ?? `grey ${grey}`;

/** What is done to transparent pixels, in words. */
export const alphaStep = ({ background }: WholePreprocessing): string => `alpha on ${shade(background)}`;

/** How a picture of another size is scaled, in words. */
export function scalingStep(from: { height: number; width: number }, to: WholePreprocessing): string {
  const same = from.width * to.height === from.height * to.width;
  if (same || to.fit === 'fill') return same ? 'scaled' : 'stretched';
  if (to.fit === 'cover') return 'scaled to cover, the rest cut off';
  return `scaled to lie within, with a border of ${shade(to.background)}`;
}
