/**
 * The images in IDX files, such as MNIST's, as if each were a file of its own in folders of splits and classes: the rules of a
 * folder of pictures then hold for them. Bytes in; no disk.
 */
import { decodeIdx, type IdxArray } from '../../codecs/idx.ts';
import { HourglassError } from '../../errors.ts';
import type { SplitName } from './folder-names.ts';
import type { ImageFile } from './image-file.ts';

export interface IdxFile {
  /** Its name, without folders. */
  readonly name: string;
  /** Unpacked. */
  readonly bytes: Uint8Array;
}

/** A grey image. */
export interface IdxImage extends ImageFile {
  readonly height: number;
  readonly width: number;
  /** Bytes, row by row. */
  readonly data: Uint8Array;
}

const SPLITS: readonly [RegExp, SplitName][] = [
  [/(^|[^a-z])(t10k|test)/i, 'test'],
  [/(^|[^a-z])(val|dev)/i, 'validation'],
];

/** The split that a file's name stands for: training, if it names none. */
const splitOf = (name: string): SplitName => SPLITS.find(([pattern]) => pattern.test(name))?.[1] ?? 'train';

interface Split {
  images?: { name: string; array: IdxArray };
  labels?: { name: string; array: IdxArray };
}

/**
 * @param folder what the names of the images begin with.
 * @throws HourglassError of kind 'data', naming the file, for one that is damaged, and for files that do not fit together.
 */
export function idxImages(folder: string, files: readonly IdxFile[]): IdxImage[] {
  const named = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const splits = new Map<SplitName, Split>();
  for (const { name, bytes } of files) {
    const array = decodeIdx(bytes, named(name));
    const rank = array.shape.length;
    if (rank !== 1 && rank !== 3) {
      throw refuse(
        named(name),
        'must hold images, in 3 dimensions, or labels, in 1',
        `${rank}: ${array.shape.join('×')}`,
      );
    }
    const split = splitOf(name);
    const found = splits.get(split) ?? {};
    const what = rank === 3 ? 'images' : 'labels';
    if (found[what] !== undefined) {
      throw refuse(
        named(name),
        `must be the only file of ${what} for its split, ${split}`,
        `${found[what].name} as well`,
        "a file whose name has 't10k' or 'test' is the test split; one with 'val' the validation split",
      );
    }
    found[what] = { name, array };
    splits.set(split, found);
  }
  return inFolders(splits, named);
}

function inFolders(splits: ReadonlyMap<SplitName, Split>, named: (name: string) => string): IdxImage[] {
  const hasLabels = [...splits.values()].some(({ labels }) => labels !== undefined);
  const width = digits(Math.max(0, ...[...splits.values()].map(({ labels }) => largest(labels?.array.data))));
  const isOne = splits.size === 1 && splits.has('train');
  return [...splits].flatMap(([split, { images, labels }]) => {
    if (images === undefined) {
      throw refuse(named(labels!.name), 'must have a file of images next to it', 'labels alone');
    }
    const [count, height, across] = images.array.shape as [number, number, number];
    if (labels === undefined && hasLabels) {
      throw refuse(named(images.name), 'must have a file of labels, as the other splits have', 'none');
    }
    const given = labels?.array.shape[0];
    if (given !== undefined && given !== count) {
      throw refuse(
        named(labels!.name),
        `must hold ${count} labels, one for each image of ${images.name}`,
        given,
      );
    }
    const size = height * across;
    const places = digits(count - 1);
    return Array.from({ length: count }, (_, i): IdxImage => {
      const label = labels?.array.data[i];
      const parts = [
        ...(isOne ? [] : [split]),
        ...(label === undefined ? [] : [String(label).padStart(width, '0')]),
        String(i).padStart(places, '0'),
      ];
      const data = images.array.data.subarray(i * size, (i + 1) * size);
      return { name: named(parts.join('/')), height, width: across, data };
    });
  });
}

const digits = (most: number): number => String(Math.max(0, most)).length;

function largest(values: Uint8Array | undefined): number {
  let most = 0;
  for (const value of values ?? []) if (value > most) most = value;
  return most;
}

function refuse(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
