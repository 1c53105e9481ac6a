/** Samples other than eight-bit grey or RGB: inks, and 16 bits of which fewer are used. */
import type { Sharp } from 'sharp';
import type { RawImage } from './decode.ts';

/**
 * CMYK as RGB, without a colour profile: R = (255 − C) · (255 − K) / 255, rounded, and likewise G and B, as in Pillow. A
 * grey that is printed with black alone keeps its value.
 */
export async function rgbOfCmyk(image: Sharp): Promise<RawImage> {
  const { data, info } = await image
    .autoOrient()
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const at = i * info.channels;
    const light = 255 - data[at + 3]!;
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = light - Math.round((data[at + c]! * light) / 255);
  }
  return { width, height, channels: 3, layout: 'pixels', data: rgb };
}

/** All 16 bits of each channel, [height, width, channels]; values of eight bits are times 257. */
export async function sixteenBits(
  image: Sharp,
  isGrey: boolean,
  fitted: (image: Sharp) => Sharp,
): Promise<{ data: Uint16Array; channels: number }> {
  const space = isGrey ? 'grey16' : 'rgb16';
  const { data, info } = await fitted(image.autoOrient().pipelineColourspace(space))
    .toColourspace(space)
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  // A copy, whose two-byte numbers begin at a multiple of two.
  return { data: new Uint16Array(Uint8Array.from(data).buffer), channels: info.channels };
}

/** 16 bits a channel as eight, where `white` becomes 255; alpha stays of all 16 bits. */
export async function eightBits(image: Sharp, isGrey: boolean, white: number): Promise<RawImage> {
  const space = isGrey ? 'grey16' : 'rgb16';
  const { data, info } = await image
    .autoOrient()
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels: from } = info;
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const byte = (value: number, top: number) => Math.round(Math.min(1, value / top) * 255);
  const hasAlpha = from === 2 || from === 4;
  const channels = hasAlpha ? 4 : from === 1 ? 1 : 3;
  const bytes = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const at = i * from;
    for (let c = 0; c < Math.min(channels, 3); c++)
      bytes[i * channels + c] = byte(values[at + (from < 3 ? 0 : c)]!, white);
    if (hasAlpha) bytes[i * 4 + 3] = byte(values[at + from - 1]!, 65535);
  }
  return { width, height, channels, layout: 'pixels', data: bytes };
}
