/** Given inputs → one image after the other, each still to be read or converted. */
import { readdir, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import type { DataOptions } from '../dataset.ts';
import { openDataset } from '../open.ts';
import { DATASET_NAMES } from '../registry.ts';
import { samplesOf } from '../source.ts';
import { trainingSplits } from '../splits.ts';
import { fileKind, KIND_BYTES, kindOfBytes, requireShard, shardsIn } from '../stream/find.ts';
import { arrayImages } from './arrays.ts';
import { abortable, ByteReader } from './bytes.ts';
import { convertFile, convertRaw } from './convert.ts';
import type { RawImage } from './decode.ts';
import { type FoundFile, filesIn, filesMatching, isGlob, openFile } from './files.ts';
import type { SplitName } from './folder-names.ts';
import { FORMATS, imageFormat, isImageName, isSystemName } from './formats.ts';
import type { ConvertedImage } from './image-file.ts';
import { meaningInUse } from './layout.ts';
import type { LeftOut } from './left-out.ts';
import { isPictureList, readPictureList } from './list.ts';
import { LARGEST_FILE, type WholePreprocessing } from './preprocessing.ts';
import { readPicture } from './read-picture.ts';

/** A known image, and how to get its pixels. */
export interface Pending {
  name: string;
  class: string | null;
  values(): Promise<ConvertedImage>;
}

/** A file, or a part of it, that is not an image, reported in its place among the others. */
export interface Bad {
  error: HourglassError;
}

/** Where images are read from, and their limits. */
export interface SourceOptions extends DataOptions {
  /** Whether linked files and folders are read. Default false. */
  followLinks?: boolean;
  /** The most pixels a picture may have; default 64 megapixels. */
  maxPixels?: number;
  /** What '-' reads; default the process's standard input. */
  stdin?: AsyncIterable<Uint8Array | string>;
}

export interface SourceContext {
  want: WholePreprocessing;
  options: SourceOptions;
  leftOut: LeftOut;
  /** How many images will only be counted, before the first that is converted. */
  passing: { left: number };
  note(text: string): void;
}

export type Kind = 'stdin' | 'folder' | 'file' | 'set' | 'glob';

/** The kind of an input. Existing files come before the meanings of names. */
export async function kindOf(input: string): Promise<Kind> {
  if (input === '-') return 'stdin';
  const found = await stat(input).catch(() => null);
  if (found !== null) return found.isDirectory() ? 'folder' : 'file';
  if (splitOf(input) !== null) return 'set';
  if (await isGlob(input)) return 'glob';
  throw new HourglassError('data', {
    subject: input,
    rule: 'must be an existing file or folder, a pattern, or a data set',
    hint: `images are a folder, files, '-' for standard input, or a data set's split such as ${DATASET_NAMES[0]}:test`,
  });
}

function splitOf(input: string): { set: string; split: SplitName } | null {
  const match = /^([\w-]+)(?::(train|validation|test))?$/.exec(input);
  if (match === null || !DATASET_NAMES.includes(match[1]!)) return null;
  return { set: match[1]!, split: (match[2] ?? 'test') as SplitName };
}

/** The images of one input, in order. Errors that it throws concern the input as a whole. */
export async function* imagesOf(input: string, context: SourceContext): AsyncGenerator<Pending | Bad> {
  const { options } = context;
  switch (await kindOf(input)) {
    case 'stdin':
      yield* streamed(await ByteReader.unpacked(stdin(options), 'standard input'), null, context);
      break;
    case 'folder':
      yield* folderOrShards(input, context);
      break;
    case 'file':
      yield* fileOrArray({ path: Buffer.from(input), name: input, folder: null }, context);
      break;
    case 'glob': {
      const files = await filesMatching(input, options.followLinks ?? false);
      if (files.length === 0)
        throw new HourglassError('data', { subject: input, rule: 'must match at least one file' });
      for (const file of files) yield* guarded(fileOrArray(file, context));
      break;
    }
    case 'set':
      yield* splitImages(input, context);
  }
}

async function* folderOrShards(input: string, context: SourceContext): AsyncGenerator<Pending | Bad> {
  const { tars, parquets } = await shardsIn(input);
  for (const shard of tars) yield* guarded(shardImages(shard, 'tar', context));
  // As in training: archives come first.
  if (tars.length > 0) return;
  for (const shard of parquets) yield* guarded(shardImages(shard, 'parquet', context));
  if (parquets.length === 0) yield* folderImages(input, context);
}

async function* shardImages(
  shard: string,
  kind: 'tar' | 'parquet',
  { want, options, passing }: SourceContext,
): AsyncGenerator<Pending> {
  requireShard(shard, await fileKind(shard));
  const { parquetShardPictures, tarShardPictures } = await import('../stream/shard-pictures.ts');
  const pictures = kind === 'tar' ? tarShardPictures(shard) : parquetShardPictures(shard, passing);
  for await (const { name, class: label, bytes } of pictures) {
    yield { name, class: label, values: async () => convertFile(await bytes(), name, want, options) };
  }
}

/** A folder's pictures, its layout recognised as in training: classes below splits, masks left out. */
async function* folderImages(input: string, context: SourceContext): AsyncGenerator<Pending> {
  const { options, leftOut } = context;
  const entries = await readdir(input, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const meaning = meaningInUse(folders.map(({ name }) => name).filter((name) => !isSystemName(name)));
  const root = input.replace(/[\\/]+$/, '').length + 1;
  for await (const file of filesIn(input, options.followLinks ?? false, leftOut)) {
    const found = meaning(file.name.slice(root).split('/'));
    if (found.isMask) leftOut.mask();
    else yield pictureFile({ ...file, folder: found.class }, context);
  }
}

const stdin = ({ stdin: given = process.stdin, signal }: SourceOptions) =>
  abortable(given as Readable, signal);

/** One bad file among many is reported and skipped; its earlier images stay. */
async function* guarded(images: AsyncIterable<Pending | Bad>): AsyncGenerator<Pending | Bad> {
  try {
    yield* images;
  } catch (error) {
    if (!(error instanceof HourglassError)) throw error;
    yield { error };
  }
}

function pictureFile(file: FoundFile, { want, options }: SourceContext): Pending {
  const { path, name, folder } = file;
  return {
    name,
    class: folder,
    values: async () => convertFile(await readPicture({ path, name }), name, want, options),
  };
}

/** A file by its content, if its name is not that of a picture. */
async function* fileOrArray(file: FoundFile, context: SourceContext): AsyncGenerator<Pending | Bad> {
  if (isImageName(file.name)) {
    yield pictureFile(file, context);
    return;
  }
  if (await isPictureList(file.name)) {
    const { layout } = await readPictureList(file.name);
    for (const { file: listed, class: label } of layout.members)
      yield pictureFile({ ...listed, folder: label === NO_CLASS ? null : label }, context);
    return;
  }
  const { file: handle } = await openFile(file.path, file.name);
  const reader = await ByteReader.unpacked(handle.createReadStream(), file.name);
  try {
    const kind = kindOfBytes(await reader.peek(KIND_BYTES));
    if (kind === 'tar' || kind === 'parquet') yield* shardImages(file.name, kind, context);
    else yield* streamed(reader, file.folder, context);
  } finally {
    await reader.close();
    await handle.close().catch(() => {});
  }
}

async function* streamed(
  reader: ByteReader,
  folder: string | null,
  { want, options }: SourceContext,
): AsyncGenerator<Pending | Bad> {
  const head = await reader.peek(16);
  if (head.length === 0) {
    throw new HourglassError('data', {
      subject: reader.name,
      rule: `must hold images as ${FORMATS.join(', ')}, IDX, NPY or CSV`,
      got: 'nothing',
    });
  }
  if (imageFormat(head) !== null) {
    const bytes = await reader.rest(LARGEST_FILE);
    const { name } = reader;
    yield { name, class: folder, values: () => convertFile(bytes, name, want, options) };
    return;
  }
  let i = 0;
  for await (const found of arrayImages(reader, want)) {
    const name = `${reader.name}[${i++}]`;
    yield { name, class: found.class ?? folder, values: () => convertRaw(found.image, name, want) };
  }
}

async function* splitImages(input: string, { want, options, note }: SourceContext): AsyncGenerator<Pending> {
  const { set, split } = splitOf(input)!;
  const dataset = samplesOf(await openDataset(set, options));
  const source = split === 'validation' ? trainingSplits(dataset, 'auto').validation : dataset[split];
  const { height, width, channels, classes, name: found } = dataset;
  if (found !== set) note(`${found}:${split} instead of ${input}: ${dataset.source}`);
  const size = height * width * channels;
  // A set has light ink on a dark ground, as its name promises: `invert` is for what comes from elsewhere.
  const as = { ...want, invert: false };
  for (let i = 0; i < source.count; i++) {
    const data = new Uint8Array(size);
    await source.read(Uint32Array.of(i), data);
    const image: RawImage = { height, width, channels, layout: 'planes', data };
    const name = `${found}:${split}[${i}]`;
    yield { name, class: classes[source.labels[i]!] ?? null, values: () => convertRaw(image, name, as) };
  }
}
