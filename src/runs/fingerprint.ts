/** Distinguishes sets of training images: a run belongs to the images that it started with. */
import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import type { Manifest } from '../store/index.ts';

export function fingerprint({ train }: TrainingSplits): string {
  return createHash('sha256').update(train.labels).update(train.images).digest('hex');
}

/** Identifies model and data by everything that decides the bits except the thread count: checkpoints carry it. */
export function configurationOf({ config, seed, dataset }: Manifest): string {
  const { why: _, reference: __, ...settings } = config;
  return createHash('sha256')
    .update(JSON.stringify([settings, seed, dataset.fingerprint]))
    .digest('hex');
}

/** @throws HourglassError if the images are not those of the run, with the numbers then and now. */
export function requireSameImages(
  { dataset: known }: Manifest,
  run: string,
  dataset: Dataset,
  splits: TrainingSplits,
): void {
  const now = countsOf(splits);
  const isSame = fingerprint(splits) === known.fingerprint;
  // The fingerprint is of the training images; those that a run is judged on must be there, too.
  if (isSame && (known.folder === null || JSON.stringify(now) === JSON.stringify(known.counts))) return;
  const rule = `was trained on other images than those of ${dataset.name} (${dataset.source})`;
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

type Counts = Manifest['dataset']['counts'];

export function countsOf({ train, validation, test }: TrainingSplits): Counts {
  return { train: train.count, validation: validation.count, test: test.count };
}

function described({ train, validation, test }: Counts): string {
  const n = (value: number) => value.toLocaleString('en');
  return `${n(train + validation + test)} images (${n(train)} + ${n(validation)} + ${n(test)})`;
}
