/** Images as pixels: grey or red, green and blue, plane after plane, as bytes or as floats from 0 to 1. */
import type { ImageSet } from '../../../src/studio/protocol.ts';

/** The size and colours of images, and how grey ones are shown. */
export interface Look {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Light strokes on a dark ground, such as digits, are shown as ink on paper. */
  readonly ink: boolean;
}

export type Values = Uint8Array | Float32Array;

/** Of that many values, to tell strokes on a ground from photographs. */
const LOOKED_AT = 50_000;

export function lookOf(set: ImageSet): Look {
  const { height, width, channels, values } = set;
  const step = Math.max(1, Math.floor(values.length / LOOKED_AT));
  let dark = 0;
  let seen = 0;
  for (let i = 0; i < values.length; i += step) {
    seen++;
    if (values[i]! < 16) dark++;
  }
  return { height, width, channels, ink: channels === 1 && seen > 0 && dark > seen / 2 };
}

/** Writes one image as red, green, blue and opacity into `rgba`, [height · width · 4]. Values out of range are clamped. */
export function paint(rgba: Uint8ClampedArray, values: Values, look: Look): void {
  const plane = look.height * look.width;
  const scale = values instanceof Float32Array ? 255 : 1;
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) {
      const value = values[look.channels === 3 ? c * plane + i : i]! * scale;
      rgba[4 * i + c] = look.ink ? 255 - value : value;
    }
    rgba[4 * i + 3] = 255;
  }
}

/** Shows an image on a canvas, at its own size; the page's style magnifies it. */
export function show(canvas: HTMLCanvasElement, values: Values, look: Look): void {
  if (canvas.width !== look.width || canvas.height !== look.height) {
    canvas.width = look.width;
    canvas.height = look.height;
  }
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(look.width, look.height);
  paint(image.data, values, look);
  context.putImageData(image, 0, 0);
}

/** Images beside one another as one picture, with a gap of white. */
export function sheet(
  images: readonly Values[],
  look: Look,
  { columns, gap = 2, scale = 1 }: { columns: number; gap?: number; scale?: number },
): HTMLCanvasElement {
  const [w, h] = [look.width * scale, look.height * scale];
  const across = Math.max(1, Math.min(columns, images.length));
  const canvas = document.createElement('canvas');
  canvas.width = across * (w + gap) - gap;
  canvas.height = Math.max(1, Math.ceil(images.length / across)) * (h + gap) - gap;
  const context = canvas.getContext('2d')!;
  context.fillStyle = look.ink ? '#e6e6e6' : '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  const one = document.createElement('canvas');
  for (const [i, values] of images.entries()) {
    show(one, values, look);
    context.drawImage(one, (i % across) * (w + gap), Math.floor(i / across) * (h + gap), w, h);
  }
  return canvas;
}

/** The mean of some images, in floats from 0 to 1. */
export function meanImage(set: ImageSet, indices: ArrayLike<number>): Float32Array {
  const size = set.height * set.width * set.channels;
  const mean = new Float32Array(size);
  for (let k = 0; k < indices.length; k++) {
    const from = indices[k]! * size;
    for (let i = 0; i < size; i++) mean[i]! += set.values[from + i]!;
  }
  const share = 1 / (255 * Math.max(1, indices.length));
  for (let i = 0; i < size; i++) mean[i]! *= share;
  return mean;
}

/** The mean squared error of an image and its reconstruction, over values in [0, 1]. */
export function squaredError(image: Uint8Array, reconstruction: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum += (image[i]! / 255 - reconstruction[i]!) ** 2;
  return sum / image.length;
}
