/** Files of a page, pictures or IDX files, as a data set, by the rules that Node has for a folder: each is decoded here, a few at a time. */
import type { Dataset } from '../../data/dataset.ts';
import type { FolderSettings } from '../../data/images/folder-settings.ts';
import { foreignFormat, imageFormat, isImageName, isSystemName } from '../../data/images/formats.ts';
import { type IdxImage, idxImages } from '../../data/images/idx-images.ts';
import { isIdxName } from '../../data/images/idx-name.ts';
import type { ImageFile, ImageReader } from '../../data/images/image-file.ts';
import { imageSet } from '../../data/images/image-set.ts';
import { LeftOut } from '../../data/images/left-out.ts';
import {
  LARGEST_FILE,
  MAX_PIXELS,
  scalingStep,
  type WholePreprocessing,
} from '../../data/images/preprocessing.ts';
import { HourglassError } from '../../errors.ts';
import { converted, fitting } from '../pixels.ts';
import { unpacked } from '../unpacked.ts';
import { HEADER_BYTES, pictureHeader } from './picture-header.ts';
import type { CallContext } from './serve.ts';

/** A file, by its path within what was dropped. */
export interface PostedFile extends ImageFile {
  readonly file: Blob;
}

/** Files, and what becomes of them. */
export interface PostedFiles {
  /** The data set's name. */
  readonly name: string;
  /** The folder that all of them are in: their names begin with it. */
  readonly folder: string;
  readonly files: readonly PostedFile[];
  readonly settings: FolderSettings;
}

/** Decoding is the browser's, beside this thread; more files at once would only take more memory. */
const AT_ONCE = 4;
/** Milliseconds from one report to the next. */
const REPORT_INTERVAL = 100;

/** @throws HourglassError as Node does for a folder; 'interrupted' if it was stopped. */
export async function filesAsData(
  { name, folder, files, settings }: PostedFiles,
  { emit, signal }: Pick<CallContext, 'emit' | 'signal'>,
): Promise<Dataset> {
  const leftOut = new LeftOut();
  let reported = 0;
  const options = {
    signal,
    onRead({ read, total }: { read: number; total: number }) {
      const now = performance.now();
      if (read < total && now - reported < REPORT_INTERVAL) return;
      reported = now;
      emit({ type: 'reading', read, total });
    },
  };
  const pictures = inOrder(files).filter((file) => isPicture(file, folder, leftOut));
  const arrays = pictures.length === 0 ? await imagesOfArrays(folder, files) : [];
  if (arrays.length > 0) {
    const found = { folder, name, files: arrays, leftOut: new LeftOut(), reader: arrayReader() };
    return imageSet(found, settings, options);
  }
  return imageSet({ folder, name, files: pictures, leftOut, reader: pictureReader() }, settings, options);
}

/** The images in the IDX files that lie in the folder itself. */
async function imagesOfArrays(folder: string, files: readonly PostedFile[]): Promise<IdxImage[]> {
  const place = folder.length + 1;
  const found = inOrder(files).filter(({ name }) => isIdxName(name) && !/^\.|\//.test(name.slice(place)));
  const read = found.map(async ({ name, file }) => ({
    ...{ name: name.slice(place), bytes: await unpacked(file, name) },
  }));
  return idxImages(folder, await Promise.all(read));
}

function arrayReader(): ImageReader<IdxImage> {
  let fitted: ReturnType<typeof fitting> | undefined;
  return {
    width: AT_ONCE,
    inspect: async ({ height, width }) => ({ height, width, isGrey: true }),
    async convert({ height, width, data }, to) {
      const from = { width, height, colours: 'grey' };
      const conversion = { from, steps: stepsOf(from, true, to) };
      const isSame = height === to.height && width === to.width && to.channels === 1 && !to.invert;
      if (isSame) return { values: data, conversion };
      fitted ??= fitting(to);
      const rgba = new Uint8ClampedArray(4 * data.length);
      for (const [i, value] of data.entries()) rgba.fill(value, 4 * i, 4 * i + 3)[4 * i + 3] = 255;
      return { values: converted(fitted({ width, height, data: rgba }), to), conversion };
    },
  };
}

/** Whether a file is a picture by its name, rather than hidden, of the system, or of another kind. */
function isPicture({ name }: PostedFile, folder: string, leftOut: LeftOut): boolean {
  const parts = name.slice(folder.length + 1).split('/');
  if (parts.some((part) => part.startsWith('.') || isSystemName(part))) return false;
  if (isImageName(name)) return true;
  leftOut.file(parts.at(-1)!);
  return false;
}

/** By name, folder by folder, as bytes of UTF-8: the splits follow from this order. */
function inOrder(files: readonly PostedFile[]): PostedFile[] {
  const encoder = new TextEncoder();
  // No name has the character 0, so that a folder comes before what only begins with its name.
  const keyed = files.map((file) => ({ file, key: encoder.encode(file.name.replaceAll('/', '\0')) }));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ file }) => file);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function pictureReader(): ImageReader<PostedFile> {
  let fitted: ReturnType<typeof fitting> | undefined;
  return {
    width: AT_ONCE,
    async inspect(file) {
      const header = pictureHeader(await headOf(file));
      if (header !== null) return header;
      const { width, height, close } = await decoded(file);
      close();
      return { width, height, isGrey: false };
    },
    async convert(file, to) {
      const isGrey = pictureHeader(await headOf(file))?.isGrey ?? false;
      const { picture, width, height, close } = await decoded(file);
      try {
        fitted ??= fitting(to);
        const values = converted(fitted(picture), to);
        const from = { width, height, colours: isGrey ? 'grey' : 'RGB' };
        return { values, conversion: { from, steps: stepsOf(from, isGrey, to) } };
      } finally {
        close();
      }
    },
  };
}

const headOf = async ({ file }: PostedFile): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());

/** The pixels of a file, upright, in sRGB. */
async function decoded(posted: PostedFile) {
  const { name, file } = posted;
  const refuse = (rule: string, got: string, cause?: unknown) =>
    new HourglassError('data', { subject: name, rule, got }, { cause });
  if (file.size > LARGEST_FILE) throw refuse(`must have at most ${LARGEST_FILE} bytes`, `${file.size}`);
  let head: Uint8Array;
  try {
    head = await headOf(posted);
  } catch (cause) {
    throw refuse('must be a file that can be read', (cause as Error).message, cause);
  }
  const format = imageFormat(head);
  if (format === null) throw refuse('must be a PNG, JPEG, WebP or other image', foreignFormat(head));
  const { height = 1, width = 1 } = pictureHeader(head) ?? {};
  if (height * width > MAX_PIXELS) throw refuse(`must have at most ${MAX_PIXELS} pixels`, 'more');
  try {
    const picture = await createImageBitmap(file, { premultiplyAlpha: 'none' });
    return { picture, width: picture.width, height: picture.height, close: () => picture.close() };
  } catch (cause) {
    throw refuse(`must be an undamaged ${format} image`, 'one that the browser cannot decode', cause);
  }
}

function stepsOf(from: { width: number; height: number }, isGrey: boolean, to: WholePreprocessing): string[] {
  const steps: string[] = [];
  if (from.width !== to.width || from.height !== to.height) steps.push(scalingStep(from, to));
  if (to.channels === 1 && !isGrey) steps.push('grey by luma');
  if (to.channels === 3 && isGrey) steps.push('grey in all three channels');
  if (to.invert) steps.push('inverted');
  return steps;
}
