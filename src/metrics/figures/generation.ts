/** How well generated samples match real ones: measured by `hourglass evaluate --generation`. */
import type { ListedFigure } from './figure.ts';

/** The figures of one set of samples against held-out ones. */
export interface GenerationValues {
  /** The Fréchet distance of their features. */
  frechet: number;
  /** The share of these samples that lie where real ones do. */
  precision: number;
  /** The share of the real samples that lie where these do. */
  recall: number;
  /** How many neighbourhoods of real samples these are in, 1 for real ones. */
  density: number;
  /** The share of the real samples that have one of these in their neighbourhood. */
  coverage: number;
}

/** Where samples come from. */
export interface GenerationSource {
  /** What it is: `reconstruction`, `prior`, the name of a sampler, `interpolation`, or `training`. */
  source: string;
  /** In words. */
  note: string;
  /**
   * The share of the samples that a classifier sees as the class they were made as, 0 to 1; for conditional models of digits. It
   * errs itself: `training` says nothing, as it has learned those; see `rightClass` of the evaluation for held-out ones.
   */
  rightClass?: number | undefined;
}

export interface MeasuredGeneration {
  /** Samples of several sources against held-out ones; absent where it was not measured. */
  generation?:
    | {
        /** Which features, images and neighbours, in words. */
        definition: string;
        /** One for each source. */
        sources: readonly (GenerationSource & GenerationValues)[];
        /** The share of the held-out samples themselves whose class the classifier sees. */
        rightClass?: number | undefined;
      }
    | undefined;
}

/** The share of samples with the right class, in words. */
export const RIGHT_CLASS =
  'share of the samples that a classifier of digits (scripts/features.js) sees as the class they were made as';

/** The figures, each with its words. */
export const GENERATION_VALUES = [
  {
    key: 'frechet',
    name: 'Fréchet distance',
    better: 'lower',
    definition:
      'Fréchet distance of Gaussians fitted to the features of the samples and of as many held-out ones (not FID: the features are others)',
  },
  {
    key: 'precision',
    name: 'precision',
    better: 'higher',
    definition:
      'share of the samples within the manifold of held-out ones, k = 3 (Kynkäänniemi et al., 2019)',
  },
  {
    key: 'recall',
    name: 'recall',
    better: 'higher',
    definition:
      'share of held-out samples within the manifold of the samples, k = 3 (Kynkäänniemi et al., 2019)',
  },
  {
    key: 'density',
    name: 'density',
    better: 'higher',
    definition:
      'how many neighbourhoods of held-out samples a sample is in, divided by k = 5 (Naeem et al., 2020)',
  },
  {
    key: 'coverage',
    name: 'coverage',
    better: 'higher',
    definition: 'share of held-out samples with a sample in their neighbourhood, k = 5 (Naeem et al., 2020)',
  },
] as const satisfies readonly {
  key: keyof GenerationValues;
  name: string;
  better: 'lower' | 'higher';
  definition: string;
}[];

/** Sources that runs are compared by; the sampler is the one of the least Fréchet distance. */
const COMPARED = ['reconstruction', 'prior', 'sampler', 'interpolation'] as const;

/** Sources that are no samplers after training. */
export const OWN_SOURCES: readonly string[] = [
  'training',
  'reconstruction',
  'prior',
  'normal',
  'independent',
  'interpolation',
];

function valuesOf(
  { generation }: MeasuredGeneration,
  source: (typeof COMPARED)[number],
): (GenerationSource & GenerationValues) | undefined {
  const all = generation?.sources ?? [];
  if (source !== 'sampler') return all.find((one) => one.source === source);
  const samplers = all.filter((one) => !OWN_SOURCES.includes(one.source));
  return samplers.sort((a, b) => a.frechet - b.frechet)[0];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** For example `frechetPrior`: each figure of each source that runs are compared by. */
export const GENERATION_FIGURES: readonly ListedFigure<MeasuredGeneration>[] = COMPARED.flatMap((source) => [
  ...GENERATION_VALUES.map(
    ({ key, name, better, definition }): ListedFigure<MeasuredGeneration> => ({
      key: `${key}${capital(source)}`,
      name: `${name}, ${source}`,
      note: source === 'sampler' ? 'of the best sampler after training' : `of the ${source}`,
      definition,
      unit: '',
      better,
      request: 'generation',
      measuredAs: ({ generation }) => generation && `${definition}; ${generation.definition}`,
      read: (measured) => valuesOf(measured, source)?.[key],
    }),
  ),
  {
    key: `rightClass${capital(source)}`,
    name: `right class, ${source}`,
    note: source === 'sampler' ? 'of the best sampler after training' : `of the ${source}`,
    definition: RIGHT_CLASS,
    unit: '',
    better: 'higher',
    request: 'generation',
    measuredAs: ({ generation }) =>
      generation &&
      `${RIGHT_CLASS}${generation.rightClass === undefined ? '' : `; of the held-out ones it sees ${(100 * generation.rightClass).toFixed(1)} % right`}; ${generation.definition}`,
    read: (measured: MeasuredGeneration) => valuesOf(measured, source)?.rightClass,
  } satisfies ListedFigure<MeasuredGeneration>,
]);
