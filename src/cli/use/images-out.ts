/** Writes a model's images in the format that the user asked for. */
import type { Batch, Destination, Written } from '../../api.ts';
import { isLight, type Use, type UseFlags, writeAll } from './frame.ts';

export const IMAGE_FORMATS = ['png', 'sheet', 'npy', 'csv', 'jsonl'] as const;
export const IMAGE_OUT = 'a folder for PNG files, a .png file for a contact sheet, or .npy, .csv, .jsonl';

export async function imageDestination(flags: UseFlags): Promise<Destination> {
  const { destinationOf } = await import('../../api.ts');
  return destinationOf(flags, IMAGE_FORMATS);
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
