/** The features that generated samples are compared by: a classifier of digits, or principal components. */
import { readFile } from 'node:fs/promises';
import type { SampleSet } from '../data/dataset.ts';
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { assetFile } from '../installation.ts';
import { fitPca, pcaImages, pcaScores } from '../metrics/index.ts';
import { passes, type Source } from '../samples/index.ts';

/** Sets of digits: the classifier has seen such images. */
const OF_DIGITS: readonly string[] = ['mnist', 'mnist-10k'];
/** Principal components where the classifier says nothing. */
const COMPONENTS = 64;
/** Images that the classifier looks at in one run. */
const ROWS = 500;

/** Maps samples [n, values] to features [n, width]. */
export interface FeatureSpace {
  readonly width: number;
  /** What the features are, and what they were learned on. */
  readonly definition: string;
  of(samples: Float32Array): Promise<Float32Array>;
  /** The class that the classifier sees in each sample, as its name; null where there is no classifier. */
  readonly classesOf: ((samples: Float32Array) => Promise<string[]>) | null;
  dispose(): Promise<void>;
}

/** The classifier's for sets of digits, otherwise principal components of the training samples. */
export async function openFeatures(
  engine: Engine,
  dataset: SampleSet,
  train: Source,
  threads: number,
): Promise<FeatureSpace> {
  return OF_DIGITS.includes(dataset.name) && train.spec.shape.join() === '1,28,28'
    ? classifierFeatures(engine, threads)
    : componentFeatures(engine, train, threads);
}

async function classifierFeatures(engine: Engine, threads: number): Promise<FeatureSpace> {
  const file = assetFile('digit-features.onnx');
  const session = await engine.open(await readFile(file), { threads, file });
  const [width, pixels] = [64, 784];
  return {
    width,
    definition: `the ${width} features of the penultimate layer of a small convolutional classifier, trained on the 8,000 training digits of mnist-10k (scripts/features.js); this is not FID, whose network is another`,
    async of(samples) {
      const count = samples.length / pixels;
      const features = new Float32Array(count * width);
      for (let row = 0; row < count; row += ROWS) {
        const n = Math.min(ROWS, count - row);
        const image = { data: samples.subarray(row * pixels, (row + n) * pixels), shape: [n, 1, 28, 28] };
        features.set((await session.run({ image })).features!.data, row * width);
      }
      return features;
    },
    async classesOf(samples) {
      const count = samples.length / pixels;
      const found: string[] = [];
      for (let row = 0; row < count; row += ROWS) {
        const n = Math.min(ROWS, count - row);
        const image = { data: samples.subarray(row * pixels, (row + n) * pixels), shape: [n, 1, 28, 28] };
        const { data } = (await session.run({ image })).scores!;
        for (let i = 0; i < n; i++) {
          const own = data.subarray(10 * i, 10 * (i + 1));
          found.push(String(own.indexOf(Math.max(...own))));
        }
      }
      return found;
    },
    dispose: () => session.dispose(),
  };
}

async function componentFeatures(engine: Engine, train: Source, threads: number): Promise<FeatureSpace> {
  const values = train.spec.shape.reduce((size, side) => size * side, 1);
  const fitted = passes(train, pcaImages(train.count, values));
  const asked = Math.min(COMPONENTS, values, train.count - 1);
  const pca = await fitPca(engine, fitted, values, asked, threads);
  const width = pca.components.length;
  if (width === 0) {
    throw new HourglassError('data', {
      subject: 'generation figures',
      rule: 'need training samples that differ: all are alike, so that no feature tells them apart',
    });
  }
  return {
    width,
    definition: `the scores of the first ${width} principal components of the training samples: no classifier of such samples comes with hourglass, and one of digits would say little of them`,
    of: async (samples) => pcaScores(pca, samples),
    classesOf: null,
    dispose: async () => {},
  };
}
