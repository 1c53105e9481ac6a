/** How well a model's samples match held-out ones: reconstructions, prior, samplers and interpolations, each by itself. */
import type { SampleSet } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import {
  COVERAGE_NEIGHBOURS,
  type FeatureRows,
  frechetDistance,
  type GenerationSource,
  type GenerationValues,
  MomentSums,
  manifoldFigures,
  PRECISION_NEIGHBOURS,
} from '../metrics/index.ts';
import { type SampleSource, sample } from '../model/apply/sample.ts';
import { toldOwn } from '../model/condition.ts';
import type { Model } from '../model/model.ts';
import { hasSampler, SAMPLER_NAMES } from '../model/samplers/names.ts';
import { passes, passLabels, type Source } from '../samples/index.ts';
import { type FeatureSpace, openFeatures } from './features.ts';
import { independentCodes } from './integers.ts';
import type { OnProgress } from './progress.ts';
import { SAMPLER_WORDS } from './sampler-words.ts';

/** Samples of each source against as many held-out ones. */
export interface GenerationEvaluation {
  /** The data set. */
  dataset: string;
  /** The split that samples are compared with. */
  split: 'test' | 'validation';
  /** Held-out samples, and samples of each source. */
  images: number;
  /** Seeds what is drawn. */
  seed: number;
  /** The features, the samples and the neighbours, in words. */
  definition: string;
  /** For conditional models of digits: the share of the held-out samples themselves whose class the classifier sees, 0 to 1. */
  rightClass?: number;
  /** One for each source: first training samples, the best that can be expected. */
  sources: (GenerationSource & GenerationValues)[];
}

/** Samples by default, at most: more take minutes, as every pair is compared. */
const IMAGES = 2000;
/** Fewer say nothing of a manifold. */
const FEWEST = 20;
/** Codes that are decoded at once. */
const ROWS = 500;

export async function measureGeneration(
  engine: Engine,
  { model, dataset, splits }: { model: Model; dataset: SampleSet; splits: TrainingSplits },
  {
    split,
    images: asked,
    seed,
    threads,
    onProgress,
  }: {
    split: GenerationEvaluation['split'];
    images: number | undefined;
    seed: number;
    threads: number;
    onProgress: OnProgress;
  },
): Promise<GenerationEvaluation> {
  const held = splits[split];
  const count = asked ?? Math.min(IMAGES, held.count);
  if (!(Number.isInteger(count) && count >= FEWEST && count <= held.count)) {
    throw new HourglassError('usage', {
      subject: 'images',
      rule: `must be a whole number from ${FEWEST} to the ${held.count} of the split`,
      got: count,
    });
  }
  onProgress('features', 0);
  const features = await openFeatures(engine, dataset, splits.train, threads);
  try {
    const given = await valuesOf(held, count);
    const real = await featuresOf(features, given);
    const names = (source: Source) =>
      Array.from(passLabels(source, count), (label) => dataset.classes[label]!);
    const rightClass =
      model.info.condition === null || features.classesOf === null
        ? null
        : async (samples: Float32Array, of: Source) =>
            shareEqual(await features.classesOf!(samples), names(of));
    const sources = await sourcesOf(engine, model, splits, { held, count, seed });
    const measured: GenerationEvaluation['sources'] = [];
    for (const [i, { make, ...words }] of sources.entries()) {
      onProgress(words.note, i / sources.length);
      const samples = await make();
      const made = await featuresOf(features, samples);
      const from = words.source === 'training' ? splits.train : held;
      measured.push({
        ...words,
        ...(await figuresOf(real, made)),
        ...(rightClass === null || words.source === 'interpolation'
          ? {}
          : { rightClass: await rightClass(samples, from) }),
      });
    }
    const of = count === held.count ? `all ${count} ` : `${count} of ${held.count}, spread evenly, `;
    return {
      dataset: dataset.name,
      split,
      images: count,
      seed,
      ...(rightClass === null ? {} : { rightClass: await rightClass(given, held) }),
      definition: `features: ${features.definition}; as many samples of each source as held-out ones (${of}of the ${split} split), drawn with seed ${seed}; precision and recall with k = ${PRECISION_NEIGHBOURS}, density and coverage with k = ${COVERAGE_NEIGHBOURS}. A Fréchet distance falls with the number of samples: compare it at the same number alone`,
      sources: measured,
    };
  } finally {
    await features.dispose();
  }
}

interface Made extends GenerationSource {
  make(): Promise<Float32Array>;
}

async function sourcesOf(
  engine: Engine,
  model: Model,
  { train }: TrainingSplits,
  { held, count, seed }: { held: Source; count: number; seed: number },
): Promise<Made[]> {
  const { prior, codeUnits: units } = model.info;
  // Samples are made as the classes of the held-out ones, one by one.
  const labels = passLabels(held, count);
  const drawn =
    (from: SampleSource): Made['make'] =>
    async () => {
      const pieces: Float32Array[] = [];
      for (let first = 0; first < count; first += ROWS) {
        const n = Math.min(ROWS, count - first);
        const told = model.info.condition === null ? {} : { classes: labels.subarray(first, first + n) };
        pieces.push((await sample(engine, model, n, seed, { from, first, ...told })).images.data);
      }
      return joined(pieces);
    };
  const given = () => valuesOf(held, count);
  const own = (first: number, n: number) => toldOwn(model, labels.subarray(first, first + n));
  const samplers = SAMPLER_NAMES.filter((name) => hasSampler(model, name));
  return [
    ...(train.count < count
      ? []
      : [{ source: 'training', note: 'training samples', make: () => valuesOf(train, count) }]),
    {
      source: 'reconstruction',
      note: 'reconstructions of the held-out samples',
      make: async () => (await own(0, count).reconstruct(await given())).data,
    },
    ...(prior === null ? [] : [{ source: 'prior', note: `drawn from ${prior.name}`, make: drawn('prior') }]),
    ...(prior?.isStandardNormal
      ? []
      : [{ source: 'normal', note: 'drawn from N(0, I), which is not its prior', make: drawn('normal') }]),
    ...(model.statistics === null
      ? []
      : [{ source: 'codes', note: 'drawn from a Gaussian of the codes', make: drawn('codes') }]),
    ...samplers.map((name) => ({
      source: name,
      note: `drawn from the ${SAMPLER_WORDS[name]}`,
      make: drawn(name),
    })),
    ...(model.quantised === undefined
      ? []
      : [
          {
            source: 'independent',
            note: 'each whole number of a code drawn by how often it occurs at its place, whatever the others are',
            make: async () =>
              (await model.decode(await independentCodes(engine, model, train, { count, seed }))).data,
          },
        ]),
    {
      source: 'interpolation',
      note: 'halfway between codes of held-out samples',
      make: async () => {
        const { data } = await own(0, count).encode(await given());
        const half = new Float32Array(data.length);
        for (let i = 0; i < half.length; i++) half[i] = (data[i]! + data[(i + units) % data.length]!) / 2;
        return (await own(0, count).decode(half)).data;
      },
    },
  ];
}

/** So many samples of a source, spread evenly, in order. */
const valuesOf = async (source: Source, count: number): Promise<Float32Array> => {
  const pieces: Float32Array[] = [];
  for await (const piece of passes(source, count)) pieces.push(piece);
  return joined(pieces);
};

function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const shareEqual = (found: readonly string[], wanted: readonly string[]): number =>
  found.filter((name, i) => name === wanted[i]).length / found.length;

async function featuresOf(features: FeatureSpace, samples: Float32Array): Promise<FeatureRows> {
  const data = await features.of(samples);
  return { data, count: data.length / features.width, width: features.width };
}

async function figuresOf(real: FeatureRows, made: FeatureRows): Promise<GenerationValues> {
  return {
    frechet: await frechetDistance(gaussianOf(real), gaussianOf(made)),
    ...manifoldFigures(real, made),
  };
}

function gaussianOf({ data, width }: FeatureRows) {
  const sums = new MomentSums(width, { covariance: true });
  sums.add(data);
  const { mean, covariance } = sums.result();
  return { mean, covariance: covariance! };
}
