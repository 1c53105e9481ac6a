/**
 * What a run's codes keep of the classes: a linear probe, nearest neighbours and k-means on them, next to the same for
 * PCA's scores.
 */
import type { SampleSet } from '../data/dataset.ts';
import type { TrainingSplits } from '../data/splits.ts';
import type { Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import {
  type ClustersResult,
  classifyByNeighbours,
  clusterByKMeans,
  comparablePca,
  fitPca,
  type LabelledFeatures,
  linearProbe,
  type NeighboursResult,
  type ProbeResult,
  pcaScores,
} from '../metrics/index.ts';
import { toldOwn } from '../model/condition.ts';
import type { Model } from '../model/model.ts';
import { type LabelledSource, passes, valuesOf } from '../samples/index.ts';
import { counted, type OnProgress, SILENT } from './progress.ts';

/** The widest code that is probed: for 60,000 images, half a gigabyte. */
const WIDEST = 2048;
/** Nearest training codes that vote. */
const NEIGHBOURS = 5;

/** What a run's codes keep of the classes, next to the same for PCA's scores. */
export interface CodeProbe {
  /** The name of the data set. */
  dataset: string;
  /** The split that is classified and clustered; everything is fitted on the training images. */
  split: ProbedSplit;
  /** Classes without an image in the training split or in the measured one: their images are left out of both. */
  leftOut: LeftOutClass[];
  /** For the codes: held-out accuracy of a logistic regression fitted on the codes of all training images. */
  codes: ProbeResult & {
    /** Numbers in a code. */
    units: number;
  };
  /** For the scores of PCA with as many components; null if that is all of the image. */
  pca:
    | (ProbeResult & {
        /** The number of components; fewer than the units where fewer pixels vary. */
        components: number;
      })
    | null;
  /** Held-out accuracy by the nearest training codes. */
  neighbours: {
    /** Measured on the codes. */
    codes: NeighboursResult;
    /** Measured on PCA scores; null if there is no PCA. */
    pca: NeighboursResult | null;
  };
  /** Clusters of the held-out codes, as many as there are classes. */
  clusters: {
    /** Measured on the codes. */
    codes: ClustersResult;
    /** Measured on PCA scores; null if there is no PCA. */
    pca: ClustersResult | null;
  };
}

/** A class that was left out of a probe. */
export interface LeftOutClass {
  /** Its name. */
  class: string;
  /** Its images in the training split. */
  training: number;
  /** Its images in the probed split. */
  heldOut: number;
}

/** The splits that can be probed. */
export type ProbedSplit = 'test' | 'validation';

/** What is probed, on what. */
export interface ProbeInput {
  engine: Engine;
  dataset: SampleSet;
  splits: TrainingSplits;
  split: ProbedSplit;
  threads: number;
  onProgress?: OnProgress;
}

/** Measures what a model's codes keep of the classes. */
export async function measureProbe(input: ProbeInput, model: Model): Promise<CodeProbe> {
  const { engine, dataset, splits, split, threads, onProgress = SILENT } = input;
  const { present, leftOut } = probedClasses(input);
  const units = model.info.codeUnits;
  if (units > WIDEST) {
    throw new HourglassError('usage', {
      subject: 'linear probe',
      rule: `is for codes of at most ${WIDEST} units`,
      got: units,
    });
  }
  const measured = { ...input, present };
  const encode: Features = async (images, labels) => (await toldOwn(model, labels).encode(images)).data;
  const codes = await measure(measured, units, encode, (what, share) => onProgress(`codes: ${what}`, share));
  const values = valuesOf(splits.train.spec);
  const wanted = comparablePca(units, values, splits.train.count);
  const pca =
    wanted === null
      ? null
      : await fitPca(engine, passes(splits.train), values, wanted, threads, (share) =>
          onProgress('PCA', share),
        );
  // Fewer components where fewer pixels vary.
  const components = pca?.components.length ?? 0;
  const scores =
    pca === null
      ? null
      : await measure(
          measured,
          components,
          async (images) => pcaScores(pca, images),
          (what, share) => onProgress(`PCA: ${what}`, share),
        );
  return {
    dataset: dataset.name,
    split,
    leftOut,
    codes: { units, ...codes.probe },
    pca: scores && { components, ...scores.probe },
    neighbours: { codes: codes.neighbours, pca: scores?.neighbours ?? null },
    clusters: { codes: codes.clusters, pca: scores?.clusters ?? null },
  };
}

/** The linear probe on the samples themselves. */
export async function measureSamplesProbe(input: ProbeInput): Promise<ProbeResult> {
  const { engine, splits, split, threads } = input;
  const { present } = probedClasses(input);
  const values = valuesOf(splits.train.spec);
  const of = async (source: LabelledSource) =>
    ofClasses(
      await featuresOf(
        source,
        values,
        async (images) => images,
        () => {},
      ),
      present,
    );
  const [train, test] = [await of(splits.train), await of(splits[split])];
  return linearProbe(engine, { train, test, classes: present.length, threads });
}

/** The labels with images in both splits, in order; the classes that lack them in one. */
function probedClasses({ splits, dataset, split }: ProbeInput): {
  present: number[];
  leftOut: LeftOutClass[];
} {
  const count = ({ labels }: LabelledSource, label: number) =>
    labels.reduce((sum, other) => sum + (other === label ? 1 : 0), 0);
  const present: number[] = [];
  const leftOut: LeftOutClass[] = [];
  for (const [label, name] of dataset.classes.entries()) {
    const [training, heldOut] = [count(splits.train, label), count(splits[split], label)];
    if (training > 0 && heldOut > 0) present.push(label);
    else if (training + heldOut > 0) leftOut.push({ class: name, training, heldOut });
  }
  if (present.length >= 2) return { present, leftOut };
  throw new HourglassError('data', {
    subject: dataset.name,
    rule: `needs images of at least two classes in the training split and in the ${split} split, to measure what codes keep of them`,
    got: present.map((label) => dataset.classes[label]).join() || 'none',
  });
}

/** The rows of some labels, which become 0, 1, …. */
function ofClasses(rows: LabelledFeatures, present: readonly number[]): LabelledFeatures {
  const { features, labels, width } = rows;
  const places = [...labels.keys()].filter((place) => present.includes(labels[place]!));
  const renumbered = Uint8Array.from(places, (place) => present.indexOf(labels[place]!));
  if (places.length === labels.length) return { ...rows, labels: renumbered };
  const kept = new Float32Array(places.length * width);
  for (const [to, from] of places.entries())
    kept.set(features.subarray(from * width, (from + 1) * width), to * width);
  return { features: kept, labels: renumbered, count: places.length, width };
}

type Features = (images: Float32Array, labels: Uint8Array) => Promise<Float32Array>;

async function featuresOf(
  split: LabelledSource,
  width: number,
  of: Features,
  onShare: (share: number) => void,
): Promise<LabelledFeatures> {
  const features = new Float32Array(split.count * width);
  let at = 0;
  for await (const images of counted(passes(split), split.count * valuesOf(split.spec), onShare)) {
    const first = at / width;
    const rows = images.length / valuesOf(split.spec);
    const some = await of(images, split.labels.subarray(first, first + rows));
    features.set(some, at);
    at += some.length;
  }
  return { features, labels: split.labels, count: split.count, width };
}

async function measure(
  { engine, splits, split, threads, present }: ProbeInput & { present: readonly number[] },
  width: number,
  of: Features,
  onProgress: OnProgress,
) {
  const featuresIn = async (name: ProbedSplit | 'train') =>
    ofClasses(
      await featuresOf(splits[name], width, of, (share) => onProgress(`${name} images`, share)),
      present,
    );
  const train = await featuresIn('train');
  const test = await featuresIn(split);
  const classes = present.length;
  const k = Math.min(NEIGHBOURS, train.count);
  onProgress('linear probe', 0);
  const probe = await linearProbe(engine, { train, test, classes, threads });
  onProgress('nearest neighbours', 0);
  const neighbours = await classifyByNeighbours(engine, { train, test, classes, threads, k });
  onProgress('k-means', 0);
  return { probe, neighbours, clusters: await clusterByKMeans(test, { classes }) };
}
