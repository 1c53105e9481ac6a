/** Kinds of picture files: those that are read, those that are known but not read, and files that are not pictures. */

/** The formats that are read, recognised by the first bytes of a file, not by its name. */
export const FORMATS = ['PNG', 'JPEG', 'WebP', 'TIFF', 'GIF', 'AVIF', 'BMP'] as const;
export type Format = (typeof FORMATS)[number];

/** The formats that browsers send and the service reads: no more formats are decoded for strangers than necessary. */
export const PLAIN_FORMATS: readonly Format[] = ['PNG', 'JPEG', 'WebP'];

/** A list for people: "PNG, JPEG or WebP". */
export const listed = (formats: readonly string[]): string =>
  `${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`;

const textOf = (head: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...head.subarray(from, to));

/** The first 16 bytes are enough. Null for anything that is not read. */
export function imageFormat(head: Uint8Array): Format | null {
  const start = textOf(head, 0, 4);
  if (textOf(head, 0, 8) === '\u0089PNG\r\n\u001a\n') return 'PNG';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'JPEG';
  if (start === 'RIFF' && textOf(head, 8, 12) === 'WEBP') return 'WebP';
  if (/^(II[*+]\0|MM\0[*+])$/.test(start)) return 'TIFF';
  if (/^GIF8[79]a$/.test(textOf(head, 0, 6))) return 'GIF';
  if (/^ftypavi[fs]$/.test(textOf(head, 4, 12))) return 'AVIF';
  // The four bytes after the file's size are zero.
  if (start.startsWith('BM') && head.length >= 10 && textOf(head, 6, 10) === '\0\0\0\0') return 'BMP';
  return null;
}

/** A description of a file that is not read. */
export function foreignFormat(head: Uint8Array): string {
  if (head.length === 0) return 'an empty file';
  const brand = textOf(head, 4, 12);
  if (/^ftyp(hei|hev|mif1|msf1)/.test(brand)) return 'HEIC, which cannot be read: convert it to JPEG';
  const start = textOf(head, 0, 8);
  if (brand === 'JXL \r\n\u0087\n' || (head[0] === 0xff && head[1] === 0x0a)) return 'JPEG XL';
  if (brand.startsWith('jP  ')) return 'JPEG 2000';
  if (start.startsWith('8BPS')) return 'a Photoshop file';
  if (start.startsWith('%PDF')) return 'a PDF';
  if (/^\s*<(\?xml|svg|!DOCTYPE svg)/i.test(textOf(head, 0, 64))) return 'SVG or XML';
  if (/^\s*<(!doctype|html)/i.test(textOf(head, 0, 64))) return 'a web page';
  return 'something else';
}

const READ_NAME = /\.(a?png|jpe?g|jpe|jfif|pjpe?g|pjp|webp|tiff?|gif|avif|bmp|dib)$/i;

/** Whether a file in a folder is a picture that is read, by its name. */
export const isImageName = (name: string): boolean => READ_NAME.test(name);

/** Pictures by their names that are not read. */
const UNREAD: readonly [RegExp, string][] = [
  [/^(hei[cf]s?|hif)$/, 'HEIC'],
  [/^jxl$/, 'JPEG XL'],
  [/^(jp2|j2k|jpf|jpx)$/, 'JPEG 2000'],
  [/^svgz?$/, 'SVG'],
  [/^ps[db]$/, 'Photoshop'],
  [/^(cr[23]|crw|nef|arw|dng|orf|rw2|raf|pef|srw|raw)$/, 'camera raw'],
  [/^(exr|hdr|tga|pcx|p[bgnp]m|ico|xcf|dcm|qoi)$/, 'other picture'],
];

/** Files that systems put into folders. They are skipped silently, like hidden files. */
export const isSystemName = (name: string): boolean =>
  /^(__MACOSX|@eaDir|(eh)?thumbs\.db|desktop\.ini|icon\r)$/i.test(name);

/** The kind of a file that is left out, by which it is counted: "HEIC", ".txt". */
export function kindLeftOut(name: string): { kind: string; isPicture: boolean } {
  const ending = /\.([^.]{1,12})$/.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return { kind: 'without an extension', isPicture: false };
  const picture = UNREAD.find(([pattern]) => pattern.test(ending))?.[1];
  return picture === undefined
    ? { kind: `.${ending}`, isPicture: false }
    : { kind: picture, isPicture: true };
}
