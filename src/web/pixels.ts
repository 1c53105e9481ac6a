/**
 * Pictures of a page as bytes of a model: by the conversion that is recorded with it. Grey is Rec. 601's luma, as on Node. A
 * picture of another size is scaled by the browser, so that its values differ from Node's by some levels.
 */
import type { WholePreprocessing } from '../data/images/preprocessing.ts';
import { HourglassError } from '../errors.ts';

/** Pixels with red, green, blue and alpha, as an `ImageData` has them. */
export interface Pixels {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Four bytes for each pixel, row after row. */
  readonly data: Uint8ClampedArray;
}

/** An `ImageBitmap`, a canvas, an image or a video frame: what can be drawn on a canvas. */
export interface Drawable {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** One picture of any size. */
export type Picture = Pixels | Drawable;

const isPixels = (picture: Picture): picture is Pixels => 'data' in picture;

/** Red, green, blue and alpha of each pixel as the model's channels, plane after plane. */
export function converted(rgba: Uint8ClampedArray, how: WholePreprocessing): Uint8Array {
  const { height, width, channels, invert, background } = how;
  const plane = height * width;
  const values = new Uint8Array(plane * channels);
  const flip = invert ? 255 : 0;
  for (let i = 0; i < plane; i++) {
    let [red, green, blue] = [rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!];
    const alpha = rgba[4 * i + 3]!;
    if (alpha < 255) {
      const on = (value: number) => Math.round((alpha * value + (255 - alpha) * background) / 255);
      [red, green, blue] = [on(red), on(green), on(blue)];
    }
    if (channels === 1) values[i] = flip ^ Math.round((299 * red + 587 * green + 114 * blue) / 1000);
    else {
      values[i] = flip ^ red;
      values[plane + i] = flip ^ green;
      values[2 * plane + i] = flip ^ blue;
    }
  }
  return values;
}

/** Scales pictures to one size, on a canvas that is used again. */
export function fitting(how: WholePreprocessing): (picture: Picture) => Uint8ClampedArray {
  const { height, width, fit, background } = how;
  let canvas: OffscreenCanvas | undefined;
  return (picture) => {
    if (isPixels(picture) && picture.width === width && picture.height === height) return picture.data;
    if (typeof OffscreenCanvas === 'undefined') {
      throw new HourglassError('usage', {
        subject: 'picture',
        rule: `must have the model's size, ${width} × ${height}, and its pixels as data, where there is no OffscreenCanvas`,
        got: `${picture.width} × ${picture.height}`,
        hint: 'scale it first',
      });
    }
    canvas ??= new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.imageSmoothingQuality = 'high';
    const [across, down] = [width / picture.width, height / picture.height];
    const scale = { contain: Math.min(across, down), cover: Math.max(across, down), fill: 0 }[fit];
    const scaled = (side: number) => Math.max(1, Math.round(scale * side));
    const [w, h] = fit === 'fill' ? [width, height] : [scaled(picture.width), scaled(picture.height)];
    context.fillStyle = `rgb(${background}, ${background}, ${background})`;
    context.fillRect(0, 0, width, height);
    const drawn = isPixels(picture) ? onCanvas(picture) : picture;
    context.drawImage(drawn, Math.floor((width - w) / 2), Math.floor((height - h) / 2), w, h);
    return context.getImageData(0, 0, width, height).data;
  };
}

function onCanvas(pixels: Pixels): Drawable {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d').putImageData(pixels, 0, 0);
  return canvas;
}
