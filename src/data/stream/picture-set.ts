/** Pictures that are decoded when they are needed, as a data set. */
import { createHash } from 'node:crypto';
import { deepImageSpec, imageSpec, type LabelledSource, type Masks, subset } from '../../samples/index.ts';
import type { ImageFolder, SampleSet } from '../dataset.ts';
import type { FolderSettings } from '../images/folder-settings.ts';
import type { ImageFile, ImageReader } from '../images/image-file.ts';
import { describeSet } from '../images/image-set.ts';
import type { Member } from '../images/layout-parts.ts';
import type { LeftOut } from '../images/left-out.ts';
import { readMask } from '../images/masks.ts';
import type { Gathered, PlannedSet } from '../images/plan-set.ts';
import type { WholePreprocessing } from '../images/preprocessing.ts';
import type { ParquetStart, PicturesStart } from './start.ts';
import { threadedReader } from './threaded.ts';

/** Blocks that are mixed: of a megabyte of encoded pictures each. */
export const MIXED = 32;

export interface StreamedPictures<F extends ImageFile> {
  about: Gathered<F> & { name: string; leftOut: LeftOut };
  plan: PlannedSet<F>;
  start: Omit<PicturesStart, 'want' | 'names'> | Omit<ParquetStart, 'want' | 'names'>;
  /** Blocks that are mixed. */
  mixed: number;
  /** What tells the pictures from others: their names, sizes and some of their bytes. */
  identity: readonly Uint8Array[];
  /** What else is said of them. */
  notes: readonly string[];
}

export function pictureSet<F extends ImageFile>(
  { about, plan, start, mixed, identity, notes }: StreamedPictures<F>,
  settings: FolderSettings,
): SampleSet {
  const { files, want, labels, splits } = plan;
  const within = about.folder.replace(/[\\/]+$/, '').length;
  const names = files.map(({ file }) => file.name);
  const spec = want.depth === 16 ? deepImageSpec(want) : imageSpec(want);
  const whole: LabelledSource = {
    spec,
    count: files.length,
    labels,
    // A row of a single file has no separator before it.
    names: names.map((name) => name.slice(within).replace(/^[\\/]/, '')),
    identity: [identityOf(want), ...identity],
    ...(start.blocks === null ? {} : { blocks: { starts: start.blocks, mixed } }),
    ...masksOf(files, about.reader, want),
    read: threadedReader({ ...start, names, want }, spec.storage),
  };
  const split = (name: string) => {
    const indices = Uint32Array.from([...splits.keys()].filter((i) => splits[i] === name));
    return subset(whole, indices);
  };
  const validation = split('validation');
  const described = describeSet(about, plan, settings);
  const folder: ImageFolder = { ...described.folder, notes: [...described.folder.notes, ...notes] };
  return {
    ...described,
    train: split('train'),
    validation: validation.count > 0 ? validation : null,
    test: split('test'),
    folder,
  };
}

const identityOf = (want: WholePreprocessing): Uint8Array =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(want).sort()))
    .digest();

function masksOf<F extends ImageFile>(
  files: readonly Member<F>[],
  reader: ImageReader<F>,
  want: WholePreprocessing,
): { masks?: Masks } {
  if (files.every(({ mask }) => mask === undefined)) return {};
  const size = want.height * want.width;
  return {
    masks: {
      present: Uint8Array.from(files, ({ mask }) => Number(mask !== undefined)),
      async read(indices, into) {
        for (const [row, index] of indices.entries()) {
          const { file, mask } = files[index]!;
          if (mask === undefined) into.fill(0, row * size, (row + 1) * size);
          else {
            const picture = { name: file.name, ...(await reader.inspect(file)) };
            into.set(await readMask(reader, mask, picture, want), row * size);
          }
        }
      },
    },
  };
}
