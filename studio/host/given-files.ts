/** Files that were added to a page without a server, as a data set: pictures in folders, or IDX files. */
import type { NamedFile } from 'hourglass/web';
import { isHidden, isIdx, isPicture, isTable } from './file-kinds.ts';
import type { KeptData } from './store.ts';

type Given = Omit<KeptData, 'id'>;

export function dataOf(given: readonly NamedFile[]): Given {
  const files = given.filter(({ path }) => !isHidden(path));
  const pictures = files.filter(({ path }) => isPicture(path));
  const arrays = files.filter(({ path }) => isIdx(path));
  const tables = files.filter(({ path }) => isTable(path));
  if (tables.length > 0) {
    if (pictures.length + arrays.length > 0)
      throw new Error('Add a table or pictures, one after the other: these are both.');
    return ofTable(tables);
  }
  if (pictures.length > 0 && arrays.length > 0) {
    throw new Error('Add pictures or IDX files, one after the other: these are both.');
  }
  if (arrays.length > 0) return ofIdx(arrays);
  if (pictures.length < 2) {
    throw new Error(
      'Choose two pictures or more (PNG, JPEG, WebP), IDX files, whose names end in idx3-ubyte or .idx, or a table (CSV, TSV, JSON lines, NPY, NPZ, safetensors).',
    );
  }
  const title = `${pictures.length.toLocaleString('en')} own pictures`;
  return { title, note: 'Kept by this browser', samples: 'image', data: { files: pictures } };
}

/** Their names tell the splits: folders that they lie in mean nothing. */
function ofIdx(arrays: readonly NamedFile[]): Given {
  const files = arrays.map(({ path, file }) => ({ path: path.split('/').at(-1)!, file }));
  const names = files.map(({ path }) => path);
  const first = names.find((each) => !/t10k|test/i.test(each)) ?? names[0]!;
  const name = first.replace(/[-.]?idx.*/i, '') || 'images';
  return { title: name, note: `IDX files: ${names.join(', ')}`, samples: 'image', data: { name, files } };
}

function ofTable(tables: readonly NamedFile[]): Given {
  const files = tables.map(({ path, file }) => ({ path: path.split('/').at(-1)!, file }));
  const [{ path: name }] = files as [NamedFile, ...NamedFile[]];
  const title = files.length === 1 ? name : `${name} and ${files.length - 1} more`;
  return { title, note: 'A table, kept by this browser', samples: 'row', data: { table: files } };
}
