/** What of the training images is in a model's first weights: their mean, and some of them. */
import { beginAtMean } from './centre.ts';
import { CODES, codeTraits, type StartImages } from './codes/index.ts';
import type { AutoencoderConfig, Definition } from './definition.ts';

export interface Beginning {
  /** The training samples' mean, scaled, [values]: what a centred model (`model.centre`) or a sparse code begins with. */
  mean?: Float32Array;
  /** Training samples, scaled, [n, values], for weights that begin as images (as those of a VampPrior). Without them, they are drawn. */
  examples?: Float32Array;
}

type Weights = ReadonlyMap<string, { readonly values: Float32Array }>;

const startImages = ({ code }: Pick<AutoencoderConfig, 'code'>): StartImages | null =>
  CODES.of(code.type).startImages?.(code) ?? null;

/** Whether a model begins at the mean of its training samples: a centred one, and one whose code has a bias for that. */
export const beginsAtMean = ({ centre, code }: AutoencoderConfig): boolean =>
  centre || codeTraits(code).beginsAtMean;

/** How many training samples a model can begin with. */
export const examplesWanted = (config: AutoencoderConfig): number => startImages(config)?.count ?? 0;

/** Brings first weights to the training samples. */
export function beginWith(weights: Weights, definition: Definition, { mean, examples }: Beginning): void {
  if (beginsAtMean(definition.config) && mean !== undefined) beginAtMean(weights, definition, mean);
  const wanted = startImages(definition.config);
  if (wanted === null || examples === undefined) return;
  const { values } = weights.get(wanted.weight)!;
  for (let i = 0; i < Math.min(values.length, examples.length); i++) values[i] = wanted.of(examples[i]!);
}
