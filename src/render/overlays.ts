/** Heat over an image, pixel for pixel. */
import { overlaid } from './colourmaps.ts';
import { levels } from './pixels.ts';

/** An image, and what is laid over it. */
export interface OverlayOptions {
  /** The channels of the image: 1 or 3. */
  channels: number;
  /** The height of image and map, in pixels. */
  height: number;
  /** Their width. */
  width: number;
  /** Whether high values of the image are light; default true. */
  light?: boolean;
  /** The value of the map that gets the last colour; default 1. Half of it has the full opacity. */
  to?: number;
  /** How much the heat covers where it is strongest, 0 to 1; default 0.6. */
  opacity?: number;
}

/** How much heat covers, unless a setting says so: what is beneath stays visible. */
export const OPACITY = 0.6;

/**
 * An image in grey with a map of scores over it as heat: RGB, [height, width, 3].
 * @param image [channels, height, width], in [0, 1].
 * @param map [height, width], 0 or more.
 */
export function heatOverlay(image: Float32Array, map: Float32Array, options: OverlayOptions): Uint8Array {
  const { channels, height, width, light = true, to = 1, opacity = OPACITY } = options;
  const size = { height, width };
  const grey = levels('image', meanOf(image, channels), size);
  const heat = levels('map', map, size, [0, to]);
  return overlaid(light ? grey.map((level) => 255 - level) : grey, heat, opacity);
}

/** A map of values from 0 to 1 as grey levels, white for 1. */
export const maskPixels = (
  mask: Float32Array,
  { height, width }: { height: number; width: number },
): Uint8Array => levels('mask', mask, { height, width });

function meanOf(values: Float32Array, channels: number): Float32Array {
  const plane = values.length / channels;
  return Float32Array.from({ length: plane }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[c * plane + i]!;
    return sum / channels;
  });
}
