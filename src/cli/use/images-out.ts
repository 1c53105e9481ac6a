/** Writes a model's images in the format that the user asked for. */
import type { Batch, Destination, Unfinished, Written } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import { isLight, type Use, type UseFlags, writeAll } from './frame.ts';
import { type SampleBatch, writeThrough } from './resuming.ts';

export const IMAGE_FORMATS = ['png', 'sheet', 'npy', 'parquet', 'csv', 'jsonl'] as const;
export const IMAGE_OUT =
  'a folder for PNG files, a .png file for a contact sheet, or .npy, .parquet, .csv, .jsonl';

export async function imageDestination(flags: UseFlags): Promise<Destination> {
  const { destinationOf } = await import('../../api.ts');
  const destination = destinationOf(flags, IMAGE_FORMATS);
  if (destination.path === null && flags.out === undefined && process.stdout.isTTY) {
    throw new HourglassError('usage', {
      subject: '--out',
      rule: 'is missing: a terminal would be filled with the values of pixels',
      hint: 'name a picture, for example --out images.png; --out - prints the values',
    });
  }
  return destination;
}

interface Words {
  title: string;
  subtitle: string;
}

export async function writeImages(
  use: Use,
  destination: Destination,
  words: Words,
  batches: AsyncIterable<Batch>,
): Promise<Written> {
  const { openSink } = await import('../../api.ts');
  return writeAll(await openSink(destination, await aboutImages(use, words)), use, batches);
}

/** The same into an output that can be continued. */
export async function writeImagesThrough(
  use: Use,
  destination: Destination,
  words: Words,
  { work, resume }: { work: Unfinished | null; resume: boolean | undefined },
  batches: AsyncIterable<Batch & SampleBatch>,
): Promise<Written> {
  const { openSink } = await import('../../api.ts');
  const about = await aboutImages(use, words);
  return writeThrough(use, work, batches, () => openSink(destination, about, work), resume);
}

async function aboutImages(use: Use, { title, subtitle }: Words) {
  const { channels, height, width } = use.model.info.image;
  return {
    shape: [channels, height, width],
    kind: 'images',
    title: `${use.model.info.recipe}: ${title}`,
    subtitle,
    light: await isLight(use.model),
  } as const;
}
