/** Uploaded pictures as a model's images: PNG, JPEG or WebP, told by what the bytes are and not by their name. */
import sharp from 'sharp';
import { Problem } from '../problem.ts';

export interface ImageInfo {
  channels: number;
  height: number;
  width: number;
}

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

/**
 * Pictures as images [n, channels, height, width] in [0, 1].
 * @param pixels the largest picture that is decoded.
 * @throws Problem 413 for too many pixels, 422 for bytes that are no picture.
 */
export async function decodedPictures(
  files: readonly Uint8Array[],
  { channels, height, width }: ImageInfo,
  pixels: number,
): Promise<Float32Array> {
  const size = channels * height * width;
  const rows = new Float32Array(files.length * size);
  for (const [n, file] of files.entries()) {
    let raw: Buffer;
    try {
      const picture = sharp(file, { limitInputPixels: false, failOn: 'error', pages: 1 });
      const about = await picture.metadata();
      if (!['png', 'jpeg', 'webp'].includes(about.format)) throw new Error('another format');
      if (about.width * about.height > pixels) {
        throw new Problem(413, `A picture may have at most ${pixels} pixels; picture ${n} has more.`);
      }
      raw = await picture
        .rotate()
        .flatten({ background: '#000' })
        .resize(width, height, { fit: 'fill' })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer();
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(422, `Picture ${n} must be an undamaged PNG, JPEG or WebP.`);
    }
    const found = raw.length / (height * width);
    for (let i = 0; i < height * width; i++) {
      for (let c = 0; c < channels; c++) rows[n * size + c * height * width + i] = raw[i * found + c]! / 255;
    }
  }
  return rows;
}
