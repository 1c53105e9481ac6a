/** Distinguishes sets of training images: a run belongs to the images that it started with. */
import type { SampleSet } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import { inPictures } from '../data/tiles.ts';
import { HourglassError } from '../errors.ts';
import type { Sha256 } from '../hash.ts';
import type { Manifest } from '../record/index.ts';
import { fingerprintOf } from '../samples/index.ts';

/** What a run records: of the images that it learns from, and of those that it is judged on. */
export async function fingerprints(
  splits: TrainingSplits,
  sha256: Sha256,
): Promise<{ fingerprint: string; heldOut: { validation: string; test: string } }> {
  const { train, validation, test } = inPictures(splits);
  return {
    fingerprint: await fingerprintOf(train, sha256),
    heldOut: {
      validation: await fingerprintOf(validation, sha256),
      test: await fingerprintOf(test, sha256),
    },
  };
}

/**
 * Identifies model and data by everything that decides the bits except the thread count: checkpoints carry it. Changes of the
 * learning rate on the way are left out: a checkpoint stays that of its run when one is added.
 */
export function configurationOf({ config, seed, dataset }: Manifest, sha256: Sha256): string {
  const { why: _, reference: __, ...settings } = config;
  const { rateChanges: ___, ...training } = settings.training as Record<string, unknown>;
  const hash = sha256();
  hash.update(
    new TextEncoder().encode(JSON.stringify([{ ...settings, training }, seed, dataset.fingerprint])),
  );
  return hash.digest('hex');
}

/** @throws HourglassError if the images are not those of the run, with the numbers then and now. */
export async function requireSameImages(
  { dataset: known }: Manifest,
  run: string,
  dataset: SampleSet,
  splits: TrainingSplits,
  sha256: Sha256,
): Promise<void> {
  const now = countsOf(splits);
  const sameCounts = known.folder === null || JSON.stringify(now) === JSON.stringify(known.counts);
  const changed = (await changedSplit(known, splits, sha256)) ?? (sameCounts ? null : 'training');
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
  splits: TrainingSplits,
  sha256: Sha256,
): Promise<'training' | 'validation' | 'test' | null> {
  const { train, validation, test } = inPictures(splits);
  if ((await fingerprintOf(train, sha256)) !== training) return 'training';
  if (heldOut === null) return null;
  if ((await fingerprintOf(validation, sha256)) !== heldOut.validation) return 'validation';
  return (await fingerprintOf(test, sha256)) === heldOut.test ? null : 'test';
}

type Counts = Manifest['dataset']['counts'];

export function countsOf(splits: TrainingSplits): Counts {
  const { train, validation, test } = inPictures(splits);
  return { train: train.count, validation: validation.count, test: test.count };
}

function described({ train, validation, test }: Counts): string {
  const n = (value: number) => value.toLocaleString('en');
  return `${n(train + validation + test)} images (${n(train)} + ${n(validation)} + ${n(test)})`;
}
