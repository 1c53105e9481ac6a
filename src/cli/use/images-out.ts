/** Writes a model's images in the format that the user asked for. */
import type { Batch, Destination, Written } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import { isLight, type Use, type UseFlags, writeAll } from './frame.ts';

export const IMAGE_FORMATS = ['png', 'sheet', 'npy', 'csv', 'jsonl'] as const;
export const IMAGE_OUT = 'a folder for PNG files, a .png file for a contact sheet, or .npy, .csv, .jsonl';

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

export async function writeImages(
  use: Use,
  destination: Destination,
  { title, subtitle }: { title: string; subtitle: string },
  batches: AsyncIterable<Batch>,
): Promise<Written> {
  const { openSink } = await import('../../api.ts');
  const { channels, height, width } = use.model.info.image;
  const about = {
    shape: [channels, height, width],
    kind: 'images',
    title: `${use.model.info.recipe}: ${title}`,
    subtitle,
    light: await isLight(use.model),
  } as const;
  return writeAll(await openSink(destination, about), use, batches);
}
