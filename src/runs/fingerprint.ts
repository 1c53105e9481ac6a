/** Tells one set of training images from another: a run belongs to the images that it began with. */
import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import type { Manifest } from '../store/index.ts';

export function fingerprint({ train }: TrainingSplits): string {
  return createHash('sha256').update(train.labels).update(train.images).digest('hex');
}

/** Tells what is trained on what, by all that decides the bits but the thread count: checkpoints carry it. */
export function configurationOf({ config, seed, dataset }: Manifest): string {
  const { why: _, reference: __, ...settings } = config;
  return createHash('sha256')
    .update(JSON.stringify([settings, seed, dataset.fingerprint]))
    .digest('hex');
}

/** @throws HourglassError where the images are not those of the run. */
export function requireSameImages(
  { dataset: known }: Manifest,
  folder: string,
  dataset: Dataset,
  splits: TrainingSplits,
): void {
  if (fingerprint(splits) === known.fingerprint) return;
  throw new HourglassError('run', {
    subject: folder,
    rule: `was trained on other images than those of ${dataset.name} (${dataset.source})`,
    hint: `give the folder they came from with --data-dir; they were: ${known.name}, ${known.source}`,
  });
}
