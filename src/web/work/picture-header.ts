/** What the header of a PNG or JPEG file says. A decoded picture no longer tells whether its file was grey. */

export interface PictureHeader {
  /** Pixels, upright. */
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
}

/** Enough of a file for its header, in bytes: pictures of cameras have previews before it. */
export const HEADER_BYTES = 2 ** 18;

/** Null for other formats, and for a header that is damaged or not in these bytes. */
export function pictureHeader(bytes: Uint8Array): PictureHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) === 0x89504e47) return ofPng(view);
    return view.getUint16(0) === 0xffd8 ? ofJpeg(view) : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function ofPng(view: DataView): PictureHeader {
  const colours = view.getUint8(25);
  return { width: view.getUint32(16), height: view.getUint32(20), isGrey: colours === 0 || colours === 4 };
}

function ofJpeg(view: DataView): PictureHeader | null {
  let isTurned = false;
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    // C4, C8 and CC are tables, not frames.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      const isGrey = view.getUint8(at + 9) === 1;
      return isTurned ? { height: width, width: height, isGrey } : { height, width, isGrey };
    }
    if (marker === 0xe1) isTurned ||= orientation(view, at + 4) > 4;
    at += 2 + view.getUint16(at + 2);
  }
}

/** EXIF's orientation, 1 to 8; those above 4 swap the sides. */
function orientation(view: DataView, at: number): number {
  // 'Exif', then a TIFF header.
  if (view.getUint32(at) !== 0x45786966) return 1;
  const start = at + 6;
  const isLittle = view.getUint16(start) === 0x4949;
  const entries = start + view.getUint32(start + 4, isLittle);
  for (let i = 0; i < view.getUint16(entries, isLittle); i++) {
    const entry = entries + 2 + 12 * i;
    if (view.getUint16(entry, isLittle) === 0x0112) return view.getUint16(entry + 8, isLittle);
  }
  return 1;
}
