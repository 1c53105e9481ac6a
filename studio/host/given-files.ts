/** Files that were added to a page without a server, as a data set: pictures in folders, or IDX files. */
import type { IdxData, NamedFile } from 'hourglass/web';
import { isHidden, isPicture } from './picture-files.ts';
import type { KeptData } from './store.ts';

type Given = Omit<KeptData, 'id'>;

export function dataOf(given: readonly NamedFile[]): Given {
  const files = given.filter(({ path }) => !isHidden(path));
  const idx = files.filter(({ path }) => /idx[13]-ubyte|\.idx[13]?(\.gz)?$/.test(path));
  if (idx.length > 0) return ofIdx(idx);
  const pictures = files.filter(({ path }) => isPicture(path));
  if (pictures.length < 2) throw new Error('Choose two pictures or more (PNG, JPEG, WebP), or IDX files.');
  const title = `${pictures.length.toLocaleString('en')} own pictures`;
  return { title, note: 'Kept by this browser', data: { files: pictures } };
}

function ofIdx(files: readonly NamedFile[]): Given {
  const nameOf = ({ path }: NamedFile) => path.split('/').at(-1)!;
  const find = (kind: string, isTest: boolean) =>
    files.find((file) => nameOf(file).includes(kind) && /^t10k|test/.test(nameOf(file)) === isTest);
  const images = find('idx3', false);
  if (images === undefined) throw new Error('An IDX file of images has idx3-ubyte in its name.');
  const pair = (first: NamedFile, labels: NamedFile | undefined) => ({
    images: first.file,
    ...(labels === undefined ? {} : { labels: labels.file }),
  });
  const test = find('idx3', true);
  const name = nameOf(images).replace(/[-.]?idx3.*/, '');
  const data: IdxData = {
    name,
    idx: pair(images, find('idx1', false)),
    ...(test === undefined ? {} : { test: pair(test, find('idx1', true)) }),
  };
  return { title: name, note: `IDX files: ${files.map(nameOf).join(', ')}`, data };
}
