/** Files → pixels. */
import type { Pixels } from 'hourglass/web';

/** A picture's pixels, and the size that it had in its file. */
export interface ReadPicture {
  readonly name: string;
  readonly pixels: Pixels;
  readonly original: { readonly width: number; readonly height: number };
}

/** Larger pictures are scaled down to this while they are read. Pixels of the longer side. */
const LONGEST = 1024;

/** @throws Error that says in a sentence why it is no picture. */
export async function readPicture(file: Blob, name: string, longest = LONGEST): Promise<ReadPicture> {
  if (file.size === 0) throw new Error(`${name} is empty.`);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    const kind = file.type === '' ? 'a file of an unknown type' : `a file of the type ${file.type}`;
    throw new Error(
      `${name} cannot be read as a picture: it is ${kind}, or damaged, or too large for this browser. PNG, JPEG, WebP, GIF and BMP can be read.`,
    );
  }
  const { width, height } = bitmap;
  const scale = Math.min(1, longest / Math.max(width, height));
  const small = {
    width: Math.max(1, Math.round(scale * width)),
    height: Math.max(1, Math.round(scale * height)),
  };
  try {
    const context = new OffscreenCanvas(small.width, small.height).getContext('2d', {
      willReadFrequently: true,
    })!;
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, small.width, small.height);
    const pixels = context.getImageData(0, 0, small.width, small.height);
    return { name, pixels, original: { width, height } };
  } finally {
    bitmap.close();
  }
}
