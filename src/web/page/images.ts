/**
 * Pictures of a page as a model takes them: by the conversion that the model records. Grey is Rec. 601's luma, as on Node. A
 * picture of another size is scaled by the browser, so that its values differ from Node's by some levels.
 */
import type { WholePreprocessing } from '../../data/images/preprocessing.ts';
import { HourglassError } from '../../errors.ts';
import type { ImageValues } from '../../model/index.ts';

/** Pixels with red, green, blue and alpha, as an `ImageData` has them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** An `ImageBitmap`, a canvas, an image or a video frame: what can be drawn on a canvas. */
export interface Drawable {
  readonly width: number;
  readonly height: number;
}

/** Images: values as on Node, or one picture or more. */
export type PageImages = ImageValues | Picture | readonly Picture[];

/** One picture of any size. */
export type Picture = Pixels | Drawable;

const isPixels = (picture: Picture): picture is Pixels => 'data' in picture;
const isPicture = (given: unknown): given is Picture =>
  typeof given === 'object' && given !== null && 'width' in given && 'height' in given;

/**
 * Pictures as the values that a model takes: bytes [n, channels, height, width]. Anything else stays as it is: the model says
 * what is wrong with it.
 */
export function valuesOf(images: PageImages, preprocessing: WholePreprocessing): ImageValues {
  const pictures: readonly unknown[] = Array.isArray(images) ? images : [images];
  if (pictures.length === 0 || !pictures.every(isPicture)) return images as ImageValues;
  const { height, width, channels } = preprocessing;
  const size = height * width * channels;
  const values = new Uint8Array(pictures.length * size);
  for (const [i, picture] of pictures.entries()) {
    values.set(converted(fitted(picture, preprocessing), preprocessing), i * size);
  }
  return values;
}

/** Red, green, blue and alpha of each pixel as the model's channels, plane after plane. */
export function converted(rgba: Uint8ClampedArray, how: WholePreprocessing): Uint8Array {
  const { height, width, channels, invert, background } = how;
  const plane = height * width;
  const values = new Uint8Array(plane * channels);
  for (let i = 0; i < plane; i++) {
    const alpha = rgba[4 * i + 3]! / 255;
    const [red, green, blue] = [0, 1, 2].map((c) =>
      Math.round(alpha * rgba[4 * i + c]! + (1 - alpha) * background),
    ) as [number, number, number];
    const own =
      channels === 1 ? [Math.round(0.299 * red + 0.587 * green + 0.114 * blue)] : [red, green, blue];
    for (const [c, value] of own.entries()) values[c * plane + i] = invert ? 255 - value : value;
  }
  return values;
}

/** The pixels of a picture at the model's size. */
function fitted(picture: Picture, { height, width, fit, background }: WholePreprocessing): Uint8ClampedArray {
  if (isPixels(picture) && picture.width === width && picture.height === height) return picture.data;
  if (typeof OffscreenCanvas === 'undefined') {
    throw new HourglassError('usage', {
      subject: 'picture',
      rule: `must have the model's size, ${width} × ${height}, and its pixels as data, where there is no OffscreenCanvas`,
      got: `${picture.width} × ${picture.height}`,
      hint: 'scale it first',
    });
  }
  const drawn = isPixels(picture) ? onCanvas(picture) : picture;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.imageSmoothingQuality = 'high';
  const [across, down] = [width / picture.width, height / picture.height];
  const scale = { contain: Math.min(across, down), cover: Math.max(across, down), fill: 0 }[fit];
  const [w, h] = fit === 'fill' ? [width, height] : [scale * picture.width, scale * picture.height];
  context.fillStyle = `rgb(${background}, ${background}, ${background})`;
  context.fillRect(0, 0, width, height);
  context.drawImage(drawn, (width - w) / 2, (height - h) / 2, w, h);
  return context.getImageData(0, 0, width, height).data;
}

function onCanvas(pixels: Pixels): Drawable {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d').putImageData(pixels, 0, 0);
  return canvas;
}
