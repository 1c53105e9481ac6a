/** WebDataset's shards: tar archives whose files belong together if their names are the same up to the first dot. */
import { basename } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import type { SampleSet } from '../dataset.ts';
import { convertFile, inspectFile } from '../images/convert.ts';
import { type SplitName, splitNamed } from '../images/folder-names.ts';
import type { FolderSettings } from '../images/folder-settings.ts';
import type { ImageFile, ImageReader } from '../images/image-file.ts';
import type { Member } from '../images/layout-parts.ts';
import { LeftOut } from '../images/left-out.ts';
import { planSet } from '../images/plan-set.ts';
import { identityOfPictures } from './identity.ts';
import { FileParts } from './parts.ts';
import { MIXED, pictureSet } from './picture-set.ts';
import { tarPictures } from './tar-pictures.ts';

/** A picture in a shard. */
interface ShardPicture extends ImageFile {
  shard: number;
  offset: number;
  size: number;
}

/** Bytes of pictures that are read together. */
const BLOCK = 2 ** 20;
const MAX_CLASSES = 256;

/**
 * @param shards paths, in order.
 * @throws HourglassError (data) naming the shard, for one that is damaged, cut short or without pictures.
 */
export async function tarSet(
  folder: string,
  name: string,
  shards: readonly string[],
  settings: FolderSettings,
): Promise<SampleSet> {
  const notes: string[] = [];
  const found = shards.flatMap((shard, i) => picturesIn(shard, i, settings, notes));
  if (found.length === 0) {
    throw new HourglassError('data', {
      subject: folder,
      rule: 'must hold tar archives with pictures',
      got: `${shards.length} without any`,
    });
  }
  const members = withClasses(found, notes);
  const parts = new FileParts(shards);
  const bytesOf = ({ shard, offset, size }: ShardPicture, most = size) =>
    parts.read(shard, offset, Math.min(most, size));
  const reader: ImageReader<ShardPicture> = {
    width: 8,
    inspect: async (file) => inspectFile(await bytesOf(file), file.name),
    convert: async (file, to) => convertFile(await bytesOf(file), file.name, to),
  };
  const leftOut = new LeftOut();
  const note = `${shards.length.toLocaleString('en')} tar ${shards.length === 1 ? 'archive' : 'archives'} with ${members.length.toLocaleString('en')} pictures`;
  const about = { folder, name, members, note, normal: null, reader, leftOut, isMixed: false };
  const plan = await planSet(about, settings);
  const files = plan.files.map(({ file }) => file);
  const column = (of: (file: ShardPicture) => number) => Float64Array.from(files, of);
  const start = {
    type: 'pictures' as const,
    files: shards,
    parts: {
      file: Uint32Array.from(files, (file) => file.shard),
      offset: column((file) => file.offset),
      size: column((file) => file.size),
    },
    blocks: blocksOf(files),
  };
  const identity = await identityOfPictures(
    files.length,
    (i) => `${files[i]!.name.slice(folder.length)} ${files[i]!.size}`,
    (i, most) => bytesOf(files[i]!, most),
  );
  return pictureSet({ about, plan, start, mixed: MIXED, identity, notes }, settings);
}

/** The pictures of one shard, with what it says of their classes. */
function picturesIn(
  shard: string,
  index: number,
  { onBad = 'stop' }: FolderSettings,
  notes: string[],
): Member<ShardPicture>[] {
  const split = splitOfShard(shard);
  const onDamage =
    onBad === 'skip' ? (error: HourglassError) => notes.push(`skipped: ${error.message}`) : undefined;
  return Array.from(tarPictures(shard, onDamage), ({ name, offset, size, class: label, folder }) => ({
    file: { name, shard: index, offset, size },
    class: label ?? folder ?? NO_CLASS,
    split,
  }));
}

/** The split that a shard's name, or the folder it is in, has a word for: `imagenet-train-000.tar`. */
export function splitOfShard(path: string): SplitName | null {
  const parts = path.split(/[\\/]/);
  const words = [...basename(path).split(/[-_.]/), parts.at(-2) ?? ''];
  const splits = new Set(words.map(splitNamed).filter((split) => split !== null));
  return splits.size === 1 ? [...splits][0]! : null;
}

/** Classes as far as there can be so many; one alone has no name. */
function withClasses(found: Member<ShardPicture>[], notes: string[]): Member<ShardPicture>[] {
  const classes = new Set(found.map((member) => member.class));
  if (classes.size > 1 && classes.size <= MAX_CLASSES) return found;
  if (classes.size > MAX_CLASSES)
    notes.push(
      `${classes.size.toLocaleString('en')} classes are more than ${MAX_CLASSES}: they are left out`,
    );
  for (const member of found) member.class = NO_CLASS;
  return found;
}

/** Neighbours in one shard, until they take up a megabyte. */
function blocksOf(files: readonly ShardPicture[]): Uint32Array {
  const starts: number[] = [];
  let [shard, from] = [-1, 0];
  for (const [i, file] of files.entries()) {
    if (file.shard === shard && file.offset + file.size - from <= BLOCK) continue;
    [shard, from] = [file.shard, file.offset];
    starts.push(i);
  }
  return Uint32Array.from(starts);
}
