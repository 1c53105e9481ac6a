/** The result in one or two sentences. It counts only figures that were measured. */
import { codeTraits, isLocalCorruption, partName, type Rate } from '../models/index.ts';
import { count, digits, type Facts, type Figures, separationOf } from './facts.ts';
import { figuresOf, listed, shortName } from './figures.ts';

/** Below this a verdict says how few the images are. */
const FEW = 100;

interface Compared {
  better: string[];
  others: string[];
}

type Baseline = 'pca' | 'meanImage';

/** The figures in which the model is better than a baseline; equal is not better. */
export function compared(figures: Figures, baseline: Baseline): Compared {
  const result: Compared = { better: [], others: [] };
  for (const { better, values, ...figure } of figuresOf(figures)) {
    const [ours, theirs] = [values.model ?? Number.NaN, values[baseline] ?? Number.NaN];
    if (better === null || Number.isNaN(ours) || Number.isNaN(theirs)) continue;
    const wins = better === 'lower' ? ours < theirs : ours > theirs;
    (wins ? result.better : result.others).push(shortName(figure));
  }
  return result;
}

/** For example "1,000 test images of mnist-10k". */
const place = ({ images, split, dataset }: Figures): string =>
  `${images < FEW ? 'only ' : ''}${count(images)} ${split} ${images === 1 ? 'image' : 'images'} of ${dataset}`;

const NAMES: Record<Baseline, string> = {
  pca: 'PCA with a code of the same size',
  meanImage: 'the mean image',
};

function standing(figures: Figures, baseline: Baseline): string {
  const { better, others } = compared(figures, baseline);
  const all = better.length + others.length;
  const name =
    baseline === 'pca' && figures.pca!.components < figures.codeUnits
      ? `PCA with ${count(figures.pca!.components)} components`
      : NAMES[baseline];
  if (others.length === 0) return `The model beats ${name} in all ${all} figures`;
  if (better.length === 0) return `The model beats ${name} in none of ${all} figures`;
  return `The model beats ${name} in ${better.length} of ${all} figures (${listed(better)})`;
}

/** How well a denoiser removes noise. */
function denoised({ corrupted }: Figures): string {
  const { model, input } = corrupted!;
  return model.mse < input.mse
    ? `Denoising reduces the squared error per pixel from ${digits(input.mse)} to ${digits(model.mse)}.`
    : `Denoising does not help: the squared error per pixel is ${digits(input.mse)} before it and ${digits(model.mse)} after it.`;
}

function used({ code, objective }: Figures, rate: Rate | null): string {
  const kl = rate === null ? undefined : objective?.values[rate.part];
  const said =
    kl === undefined || Number.isNaN(kl)
      ? ''
      : `, with a ${partName(rate!.part)} of ${digits(kl)} nats per image`;
  return code === null ? '' : ` It uses ${count(code.varying)} of ${count(code.count)} code units${said}.`;
}

/** The verdict on a model that works. */
export function verdictOn({ figures, recipe }: Facts): string {
  const found = separationOf(figures);
  if (found !== null) {
    return `Scores by ${found.score} tell the other rows from the normal ones with an AUROC of ${found.auroc.toFixed(3)} on ${place(figures)}; 0.5 is chance, 1 is perfect.`;
  }
  const baseline = figures.pca === null ? 'meanImage' : 'pca';
  const sentence = `${standing(figures, baseline)} on ${place(figures)}.`;
  // What is left of made defects is lost in the error of the whole picture.
  if (figures.corrupted !== null && !isLocalCorruption(recipe.corruption)) {
    const clean = sentence
      .replace('The model beats', 'On clean images the model beats')
      .replace(/ on [^.]*\.$/, '.');
    return `${denoised(figures).replace(/\.$/, '')} on ${place(figures)}. ${clean}`;
  }
  const { hasVariance, rate } = codeTraits(recipe.model.code);
  return hasVariance ? `${sentence}${used(figures, rate)}` : sentence;
}

export { place };
