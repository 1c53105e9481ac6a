/** Files that were dropped on a page without a server, as a data set: pictures of any size, or IDX files. */
import type { ArrayData, IdxData } from 'hourglass/web';
import type { KeptData } from './store.ts';

/** Pixels of the longer side where pictures are larger than {@link LARGEST}, or of many sizes. */
const USUAL = 64;
/** The longest side that a model takes. */
const LARGEST = 128;
/** Levels between channels below which a picture is grey. */
const GREY = 8;

export async function dataOf(files: readonly File[]): Promise<Omit<KeptData, 'id'>> {
  const idx = files.filter(({ name }) => /idx[13]-ubyte/.test(name) || /\.idx[13]?(\.gz)?$/.test(name));
  if (idx.length > 0) return ofIdx(idx);
  const pictures = files.filter(({ type, name }) => type.startsWith('image/') && !name.startsWith('.'));
  if (pictures.length < 2) throw new Error('Choose two pictures or more (PNG, JPEG, WebP), or IDX files.');
  return ofPictures(pictures);
}

async function ofIdx(files: readonly File[]): Promise<Omit<KeptData, 'id'>> {
  const find = (kind: string, isTest: boolean) =>
    files.find(({ name }) => name.includes(kind) && /^t10k|test/.test(name) === isTest);
  const images = find('idx3', false);
  if (images === undefined) throw new Error('An IDX file of images has idx3-ubyte in its name.');
  const pair = (first: File, labels: File | undefined) => ({
    images: first,
    ...(labels === undefined ? {} : { labels }),
  });
  const test = find('idx3', true);
  const data: IdxData = {
    name: images.name.replace(/[-.]?idx3.*/, ''),
    idx: pair(images, find('idx1', false)),
    ...(test === undefined ? {} : { test: pair(test, find('idx1', true)) }),
  };
  return { title: data.name!, note: `IDX files: ${files.map(({ name }) => name).join(', ')}`, data };
}

async function ofPictures(files: readonly File[]): Promise<Omit<KeptData, 'id'>> {
  const bitmaps = await Promise.all(
    files.map(async (file) =>
      createImageBitmap(file).catch(() => {
        throw new Error(`${file.name} cannot be read as a picture.`);
      }),
    ),
  );
  const { height, width } = sizeFor(bitmaps);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  const pixels = bitmaps.map((bitmap) => {
    context.fillStyle = 'black';
    context.fillRect(0, 0, width, height);
    const scale = Math.min(width / bitmap.width, height / bitmap.height);
    const [w, h] = [scale * bitmap.width, scale * bitmap.height];
    context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
    bitmap.close();
    return context.getImageData(0, 0, width, height).data;
  });
  const channels = pixels.every(isGrey) ? 1 : 3;
  const plane = height * width;
  const images = new Uint8Array(pixels.length * channels * plane);
  for (const [n, rgba] of pixels.entries()) {
    for (let c = 0; c < channels; c++) {
      const from = (n * channels + c) * plane;
      for (let i = 0; i < plane; i++) images[from + i] = rgba[4 * i + c]!;
    }
  }
  const folders = files.map(folderOf);
  const classes = [...new Set(folders)].sort();
  const data: ArrayData = {
    name: 'pictures',
    ...{ height, width, channels, images, classes },
    labels: Uint8Array.from(folders, (folder) => classes.indexOf(folder)),
  };
  const title = `${files.length.toLocaleString('en')} pictures`;
  const kinds = classes.length > 1 ? `, ${classes.length} classes` : '';
  return { title, note: `${width} × ${height} ${channels === 1 ? 'grey' : 'RGB'}${kinds}`, data };
}

/** The folder that a picture lies in is its class; without folders there is one. */
function folderOf({ webkitRelativePath }: File): string {
  return webkitRelativePath.split('/').slice(1, -1).at(-1) ?? '';
}

/** The size that most pictures have, if a model takes it. */
function sizeFor(bitmaps: readonly ImageBitmap[]): { height: number; width: number } {
  const counts = new Map<string, number>();
  for (const { height, width } of bitmaps) {
    const key = `${height} ${width}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
  const [height, width] = most.split(' ').map(Number) as [number, number];
  if (Math.max(height, width) <= LARGEST && Math.min(height, width) >= 4) return { height, width };
  const scale = USUAL / Math.max(height, width);
  const side = (length: number) => Math.max(4, Math.round(scale * length));
  return { height: side(height), width: side(width) };
}

function isGrey(rgba: Uint8ClampedArray): boolean {
  for (let i = 0; i < rgba.length; i += 4) {
    const [r, g, b] = [rgba[i]!, rgba[i + 1]!, rgba[i + 2]!];
    if (Math.max(r, g, b) - Math.min(r, g, b) > GREY) return false;
  }
  return true;
}
