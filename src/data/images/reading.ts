/** All images of a folder, converted, into one block of bytes for each split. */
import { HourglassError } from '../../errors.ts';
import type { DataOptions, LabelledImages } from '../dataset.ts';
import type { SplitName } from './folder-names.ts';
import type { ConvertedImage, ImageFile, ImageReader } from './image-file.ts';
import type { Member } from './layout-parts.ts';
import { readMask } from './masks.ts';
import { mapInOrder } from './order.ts';
import { describeConversion, type WholePreprocessing } from './preprocessing.ts';
import { nothingToLearn, unusedBits } from './sameness.ts';

/** All pixels together, in bytes. */
export const MAX_BYTES = 2 ** 30;
/** Files that an error or the notes name. */
const MOST_NAMED = 10;
const MOST_NOTED = 3;

export interface Reading<F extends ImageFile> {
  files: readonly Member<F>[];
  reader: ImageReader<F>;
  /** Each file's class and split. */
  labels: Uint8Array;
  splits: readonly SplitName[];
  want: WholePreprocessing;
  onBad: 'stop' | 'skip';
  folder: string;
}

export interface SkippedFile {
  file: string;
  reason: string;
}

export interface ReadImages {
  train: LabelledImages;
  validation: LabelledImages | null;
  test: LabelledImages;
  notes: string[];
  /** Files that could not be read and were skipped. */
  skipped: SkippedFile[];
}

interface Converted extends ConvertedImage {
  mask?: Uint8Array;
}

/** A split that is being filled. */
interface Part extends Required<LabelledImages> {
  names: string[];
  masks: Required<LabelledImages>['masks'] & { count: number };
}

/**
 * @throws HourglassError (data) for too many pixels, a split without images, and bad files if `onBad` is 'stop':
 * all of them are found before it ends.
 */
export async function readAll<F extends ImageFile>(
  { files, reader, labels, splits, want, onBad, folder }: Reading<F>,
  { onRead, signal }: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<ReadImages> {
  const values = want.height * want.width * want.channels;
  if (files.length * values > MAX_BYTES) {
    throw refuse(
      folder,
      `must have at most ${MAX_BYTES} pixel values in all, because they are held in memory`,
      `${files.length} × ${want.width} × ${want.height} × ${want.channels}`,
      'set data.stream=true to decode them when they are needed, data.size smaller, or data.channels=1',
    );
  }
  const size = want.height * want.width;
  const made = (split: SplitName): Part => {
    const of = files.filter((_, i) => splits[i] === split);
    const masks = of.filter(({ mask }) => mask !== undefined).length;
    return {
      ...{
        images: new Uint8Array(of.length * values),
        labels: new Uint8Array(of.length),
        count: 0,
        names: [],
      },
      masks: { places: new Int32Array(of.length).fill(-1), values: new Uint8Array(masks * size), count: 0 },
    };
  };
  const parts = { train: made('train'), validation: made('validation'), test: made('test') };
  // What every name begins with: the folder and a slash.
  const below = folder.replace(/[\\/]+$/, '').length + 1;
  const conversions = new Map<string, string>();
  const skipped: SkippedFile[] = [];
  const bad: HourglassError[] = [];
  let peak: number | null = null;
  const convert = async ({ file, mask }: Member<F>): Promise<Converted | HourglassError> => {
    try {
      const image = await reader.convert(file, want);
      if (mask === undefined) return image;
      const picture = { ...image.conversion.from, name: file.name };
      return { ...image, mask: await readMask(reader, mask, picture, want) };
    } catch (error) {
      if (error instanceof HourglassError) return error;
      throw error;
    }
  };
  let place = 0;
  for await (const image of mapInOrder(files, convert, reader.width)) {
    const i = place++;
    if (signal?.aborted) {
      throw new HourglassError('interrupted', { subject: folder, rule: 'was not read to its end' });
    }
    onRead?.({ read: place, total: files.length });
    if (image instanceof HourglassError) {
      bad.push(image);
      skipped.push({ file: files[i]!.file.name, reason: image.message });
      continue;
    }
    const { conversion } = image;
    const kind = [conversion.from.colours, ...conversion.steps].join();
    if (conversion.steps.length > 0 && !conversions.has(kind))
      conversions.set(kind, describeConversion(conversion, want));
    if (conversion.peak !== undefined) peak = Math.max(peak ?? 0, conversion.peak);
    const part = parts[splits[i]!];
    part.images.set(image.values, part.count * values);
    if (image.mask !== undefined) {
      const { masks } = part;
      masks.places[part.count] = masks.count;
      masks.values.set(image.mask, masks.count++ * size);
    }
    part.labels[part.count++] = labels[i]!;
    part.names.push(files[i]!.file.name.slice(below));
  }
  // Files are read in mixed order, and listed by name.
  const byName = (a: string, b: string) => (a < b ? -1 : 1);
  bad.sort((a, b) => byName(a.parts.subject, b.parts.subject));
  skipped.sort((a, b) => byName(a.file, b.file));
  if (bad.length > 0 && onBad === 'stop') throw allBad(folder, bad);
  for (const split of ['train', 'test'] as const) {
    if (parts[split].count < (split === 'train' ? 2 : 1))
      throw refuse(folder, `must have more images for its ${split} split`, String(parts[split].count));
  }
  const whole = (split: SplitName): LabelledImages => {
    const { images, labels, count, names, masks } = parts[split];
    return {
      ...{ images: images.subarray(0, count * values), labels: labels.subarray(0, count), count, names },
      ...(masks.count === 0
        ? {}
        : {
            masks: {
              places: masks.places.subarray(0, count),
              values: masks.values.subarray(0, masks.count * size),
            },
          }),
    };
  };
  const notes = [
    ...conversions.values(),
    ...skipped.slice(0, MOST_NOTED).map(({ reason }) => `skipped: ${reason}`),
    ...(skipped.length > MOST_NOTED
      ? [
          `skipped: ${(skipped.length - MOST_NOTED).toLocaleString('en')} more; skipped.json in the run folder lists them`,
        ]
      : []),
    ...unusedBits(peak),
    ...nothingToLearn(whole('train')),
  ];
  return {
    train: whole('train'),
    validation: parts.validation.count > 0 ? whole('validation') : null,
    test: whole('test'),
    notes,
    skipped,
  };
}

/** One bad file's own error, or one that names the first of them and says how many there are. */
function allBad(folder: string, bad: readonly HourglassError[]): HourglassError {
  const [first, ...more] = bad as [HourglassError, ...HourglassError[]];
  const hint = `repair or remove ${more.length > 0 ? 'them' : 'it'}, or skip such files: --on-bad skip (data.onBad=skip)`;
  if (more.length === 0) return new HourglassError(first.kind, { ...first.parts, hint });
  const named = bad.slice(0, MOST_NAMED).map(({ parts: { subject, rule, got } }) => {
    const name = subject.startsWith(`${folder}/`) ? subject.slice(folder.length + 1) : subject;
    return `${name} (${String(got ?? rule).slice(0, 60)})`;
  });
  const rest = bad.length > MOST_NAMED ? ` and ${(bad.length - MOST_NAMED).toLocaleString('en')} more` : '';
  return new HourglassError('data', {
    subject: folder,
    rule: `has ${bad.length.toLocaleString('en')} files that cannot be read: ${named.join(', ')}${rest}`,
    hint,
  });
}

function refuse(subject: string, rule: string, got: string, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
