/** A mixture of Gaussians fitted to codes, as it is stored: of a conditional model one for each class, side by side. */
import { HourglassError } from '../errors.ts';
import { type FittedMixture, fitMixture, fitMixtureByBic } from '../metrics/index.ts';
import type { Model } from '../model/model.ts';
import type { StoredMixture } from '../model/samplers/mixture-file.ts';
import type { OnProgress } from './progress.ts';
import { shortened } from './shortened.ts';

interface MixtureOptions {
  /** The label of each code. */
  labels: Uint8Array;
  /** The Gaussians, or those of each class; undefined for as many as have the least BIC. */
  components: number | undefined;
  seed: number;
  onProgress: OnProgress;
}

/** @throws HourglassError (usage) for more Gaussians than codes. */
export async function storedMixture(
  codes: Float32Array,
  { info }: Pick<Model, 'info'>,
  { labels, components, seed, onProgress }: MixtureOptions,
): Promise<StoredMixture> {
  const { codeUnits: units, givesVariance, condition } = info;
  const count = codes.length / units;
  if (components !== undefined && !(Number.isInteger(components) && components >= 1 && components <= count)) {
    throw new HourglassError('usage', {
      subject: 'components',
      rule: `must be a whole number from 1 to the ${count.toLocaleString('en')} codes`,
      got: components,
    });
  }
  const parts = condition === null ? [{ label: null, codes }] : byLabel(codes, labels, units);
  const fitted: (FittedMixture & { label: number | null; share: number; tried: StoredMixture['tried'] })[] =
    [];
  for (const { label, codes: some } of parts) {
    const each = some.length / units;
    const whose = label === null ? '' : ` for class ${condition!.classes[label]}`;
    const told = (gaussians: number) =>
      onProgress(`a mixture of ${gaussians} ${gaussians === 1 ? 'Gaussian' : 'Gaussians'}${whose}`, 0);
    const found =
      components === undefined
        ? await fitMixtureByBic(some, units, seed, told)
        : { ...(await fitMixture(some, units, { components: Math.min(components, each), seed })), tried: [] };
    fitted.push({ ...found, label, share: each / count });
  }
  const [one] = fitted;
  const what = givesVariance
    ? 'codes drawn from the posteriors of training images'
    : 'codes of training images';
  const list = (values: readonly number[]) => values.map(shortened);
  const all = fitted.flatMap(({ mixture, label, share }) =>
    mixture.weights.map((weight, k) => ({
      label,
      // Not shortened: their sum must stay 1.
      weight: share * weight,
      mean: list(mixture.means[k]!),
      covariance: mixture.covariances[k]!.map(list),
    })),
  );
  const labelled = condition === null ? {} : { labels: all.map(({ label }) => label!) };
  return {
    note: `${sizesText(fitted, components === undefined)}, fitted to ${count.toLocaleString('en')} ${what}`,
    logLikelihood: fitted.reduce((sum, { share, logLikelihood }) => sum + share * logLikelihood, 0),
    // The numbers that were tried differ from class to class.
    tried: condition === null ? one!.tried : [],
    weights: all.map(({ weight }) => weight),
    means: all.map(({ mean }) => mean),
    covariances: all.map(({ covariance }) => covariance),
    range: givesVariance ? null : rangeOf(codes, units),
    ...labelled,
  };
}

/** The codes of each label that occurs, by the labels. */
function byLabel(codes: Float32Array, labels: Uint8Array, units: number) {
  const places = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const rows = places.get(label);
    if (rows === undefined) places.set(label, [row]);
    else rows.push(row);
  }
  return [...places.keys()]
    .sort((a, b) => a - b)
    .map((label) => {
      const rows = places.get(label)!;
      const own = new Float32Array(rows.length * units);
      for (const [i, row] of rows.entries())
        own.set(codes.subarray(row * units, (row + 1) * units), i * units);
      return { label, codes: own };
    });
}

function sizesText(fitted: readonly (FittedMixture & { label: number | null })[], byBic: boolean): string {
  const sizes = fitted.map(({ mixture }) => mixture.weights.length);
  const total = sizes.reduce((sum, size) => sum + size);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const gaussians = `${total} ${total === 1 ? 'Gaussian' : 'Gaussians'}`;
  const isByClass = fitted[0]!.label !== null;
  const each = least === most ? `${least}` : `${least} to ${most}`;
  const classes = `${fitted.length} ${fitted.length === 1 ? 'class' : 'classes'}`;
  const how = byBic ? `, the ${isByClass ? 'numbers' : 'number'} with the least BIC` : '';
  return `${gaussians}${isByClass ? `, ${each} for each of ${classes}` : ''}${how}`;
}

/** The least and the greatest value of each unit. */
function rangeOf(codes: Float32Array, units: number): { min: number[]; max: number[] } {
  const min = new Array<number>(units).fill(Number.POSITIVE_INFINITY);
  const max = new Array<number>(units).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < codes.length; i++) {
    const unit = i % units;
    min[unit] = Math.min(min[unit]!, codes[i]!);
    max[unit] = Math.max(max[unit]!, codes[i]!);
  }
  return { min, max };
}
