/** A mask over an image, pixel for pixel. */
import { overlaid } from './colourmaps.ts';
import { levels } from './pixels.ts';

/**
 * An image [channels, height, width] in [0, 1] in grey beneath its mask of the same shape as heat, and the mask itself as
 * grey levels, white for 1; of three channels both are means. `light`: high values of the image are light.
 */
export function overlayPixels(
  image: Float32Array,
  mask: Float32Array,
  { channels, height, width, light }: { channels: number; height: number; width: number; light: boolean },
): { overlay: Uint8Array; mask: Uint8Array } {
  const size = { height, width };
  const grey = levels('image', meanOf(image, channels), size);
  const heat = levels('mask', meanOf(mask, channels), size);
  return { overlay: overlaid(light ? grey.map((level) => 255 - level) : grey, heat), mask: heat };
}

function meanOf(values: Float32Array, channels: number): Float32Array {
  const plane = values.length / channels;
  return Float32Array.from({ length: plane }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[c * plane + i]!;
    return sum / channels;
  });
}
