/**
 * What a run's codes keep of the classes: a linear probe, nearest neighbours and k-means on them, beside the same on
 * PCA's scores.
 */
import type { LabelledImages } from '../data/dataset.ts';
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
import { bars } from '../render/index.ts';
import { loadModel } from './model.ts';
import { savePicture } from './pictures/input.ts';
import { type OpenedRun, openRunData, pieces } from './run-data.ts';
import type { SessionData } from './state.ts';

/** The widest code that is probed: of 60,000 images, half a gigabyte. */
const WIDEST = 2048;

export interface CodeProbe {
  dataset: string;
  /** Whose images are classified and clustered; what is fitted or referred to are the training images. */
  split: ProbedSplit;
  /** Of the codes; held-out accuracy of a logistic regression fitted on the codes of all training images. */
  codes: ProbeResult & { units: number };
  /** Of the scores of PCA with as many components; null where that is all of the image. */
  pca: (ProbeResult & { components: number }) | null;
  /** Held-out accuracy by the nearest training codes. */
  neighbours: { codes: NeighboursResult; pca: NeighboursResult | null };
  /** Clusters of the held-out codes, as many as there are classes. */
  clusters: { codes: ClustersResult; pca: ClustersResult | null };
}

export type ProbedSplit = 'test' | 'validation';

export interface ProbeOptions extends SessionData {
  /** Default `test`. */
  split?: ProbedSplit;
  threads?: number;
}

/**
 * Fits linear probes on the training images' codes, and on PCA's scores, and measures them on held-out images; so too
 * nearest neighbours and k-means.
 * @throws HourglassError (usage) for a code of more than 2,048 units, (data) for images of fewer than two classes.
 */
export async function probeRun(run: string, options: ProbeOptions = {}): Promise<CodeProbe> {
  const { split = 'test' } = options;
  const opened = await openRunData(run, options);
  const { dataset, manifest, splits, pixels } = opened;
  const threads = options.threads ?? manifest.threads;
  requireClasses(opened);
  const model = await loadModel(run, { threads });
  try {
    const units = model.info.codeUnits;
    if (units > WIDEST) {
      throw new HourglassError('usage', {
        subject: 'linear probe',
        rule: `is for codes of at most ${WIDEST} units`,
        got: units,
      });
    }
    const measured = { ...opened, split, threads };
    const codes = await measure(measured, units, async (images) => (await model.encode(images)).data);
    const wanted = comparablePca(units, pixels, splits.train.count);
    const pca = wanted === null ? null : await fitPca(pieces(splits.train, pixels), pixels, wanted, threads);
    // Fewer components where fewer pixels vary.
    const components = pca?.components.length ?? 0;
    const scores =
      pca === null ? null : await measure(measured, components, async (images) => pcaScores(pca, images));
    return {
      dataset: dataset.name,
      split,
      codes: { units, ...codes.probe },
      pca: scores && { components, ...scores.probe },
      neighbours: { codes: codes.neighbours, pca: scores?.neighbours ?? null },
      clusters: { codes: codes.clusters, pca: scores?.clusters ?? null },
    };
  } finally {
    await model.dispose();
  }
}

/** The linear probe on the pixels themselves: what a code is held against. */
export async function probePixels(run: string, options: SessionData = {}): Promise<ProbeResult> {
  const opened = await openRunData(run, options);
  const { splits, dataset, pixels, manifest } = opened;
  requireClasses(opened);
  const of = (split: LabelledImages) => featuresOf(split, pixels, pixels, async (images) => images);
  const [train, test] = [await of(splits.train), await of(splits.test)];
  return linearProbe({ train, test, classes: dataset.classes.length, threads: manifest.threads });
}

function requireClasses({ splits, dataset }: OpenedRun): void {
  if (new Set(splits.train.labels).size >= 2) return;
  throw new HourglassError('data', {
    subject: dataset.name,
    rule: 'needs images of at least two classes, to tell what codes keep of them',
  });
}

type Features = (images: Float32Array) => Promise<Float32Array>;

async function featuresOf(
  split: LabelledImages,
  pixels: number,
  width: number,
  of: Features,
): Promise<LabelledFeatures> {
  const features = new Float32Array(split.count * width);
  let at = 0;
  for (const images of pieces(split, pixels)) {
    const some = await of(images);
    features.set(some, at);
    at += some.length;
  }
  return { features, labels: split.labels, count: split.count, width };
}

async function measure(
  { splits, split, dataset, pixels, threads }: OpenedRun & { split: ProbedSplit; threads: number },
  width: number,
  of: Features,
) {
  const train = await featuresOf(splits.train, pixels, width, of);
  const test = await featuresOf(splits[split], pixels, width, of);
  const classes = dataset.classes.length;
  return {
    probe: await linearProbe({ train, test, classes, threads }),
    neighbours: await classifyByNeighbours({ train, test, classes, threads }),
    clusters: clusterByKMeans(test, { classes: new Set(test.labels).size }),
  };
}

/** Probe accuracies as bars, written into a folder as SVG and PNG; gives the path of the PNG. */
export async function drawProbes(
  folder: string,
  accuracies: readonly { name: string; accuracy: number }[],
  pixels: number,
): Promise<string> {
  const percent = (part: number) => `${(100 * part).toFixed(2)} %`;
  const svg = bars({
    title: 'What codes keep of the classes',
    subtitle: 'test accuracy of a linear probe on the codes',
    xLabel: 'accuracy (%)',
    items: accuracies.map(({ name, accuracy }) => ({ name, value: 100 * accuracy, text: percent(accuracy) })),
    reference: { name: `raw pixels ${percent(pixels)}`, value: 100 * pixels },
  });
  return savePicture(folder, { name: 'probes', svg });
}
