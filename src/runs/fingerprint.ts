/** Distinguishes sets of training images: a run belongs to the images that it started with. */
import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import { fingerprintOf, type Source } from '../samples/index.ts';
import type { Manifest } from '../store/index.ts';

const fingerprint = (source: Source): Promise<string> => fingerprintOf(source, () => createHash('sha256'));

/** What a run records: of the images that it learns from, and of those that it is judged on. */
export async function fingerprints({
  train,
  validation,
  test,
}: TrainingSplits): Promise<{ fingerprint: string; heldOut: { validation: string; test: string } }> {
  return {
    fingerprint: await fingerprint(train),
    heldOut: { validation: await fingerprint(validation), test: await fingerprint(test) },
  };
}

/** Identifies model and data by everything that decides the bits except the thread count: checkpoints carry it. */
export function configurationOf({ config, seed, dataset }: Manifest): string {
  const { why: _, reference: __, ...settings } = config;
  return createHash('sha256')
    .update(JSON.stringify([settings, seed, dataset.fingerprint]))
    .digest('hex');
}

/** @throws HourglassError if the images are not those of the run, with the numbers then and now. */
export async function requireSameImages(
  { dataset: known }: Manifest,
  run: string,
  dataset: Dataset,
  splits: TrainingSplits,
): Promise<void> {
  const now = countsOf(splits);
  const sameCounts = known.folder === null || JSON.stringify(now) === JSON.stringify(known.counts);
  const changed = (await changedSplit(known, splits)) ?? (sameCounts ? null : 'training');
  if (changed === null) return;
  const what = changed === 'training' ? 'was trained on other' : `belongs to other ${changed}`;
  const rule = `${what} images than those of ${dataset.name} (${dataset.source})`;
  throw new HourglassError('run', {
    subject: run,
    rule,
    got: `${described(now)} now, ${described(known.counts)} then`,
    hint:
      known.folder === null
        ? `pass the folder they came from with --data-dir; the run used: ${known.name}, ${known.source}`
        : 'restore the folder, or name another one with the same images: --data-dir <folder>',
  });
}

/** The first split whose images are not those that were recorded. Runs of 0.1.0 recorded the training images alone. */
async function changedSplit(
  { fingerprint: training, heldOut }: Manifest['dataset'],
  { train, validation, test }: TrainingSplits,
): Promise<'training' | 'validation' | 'test' | null> {
  if ((await fingerprint(train)) !== training) return 'training';
  if (heldOut === null) return null;
  if ((await fingerprint(validation)) !== heldOut.validation) return 'validation';
  return (await fingerprint(test)) === heldOut.test ? null : 'test';
}

type Counts = Manifest['dataset']['counts'];

export function countsOf({ train, validation, test }: TrainingSplits): Counts {
  return { train: train.count, validation: validation.count, test: test.count };
}

function described({ train, validation, test }: Counts): string {
  const n = (value: number) => value.toLocaleString('en');
  return `${n(train + validation + test)} images (${n(train)} + ${n(validation)} + ${n(test)})`;
}
