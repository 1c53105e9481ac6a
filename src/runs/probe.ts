/** What a run's codes keep of the classes: a linear probe on them, beside the same on pixels and on PCA's scores. */
import type { LabelledImages } from '../data/dataset.ts';
import { HourglassError } from '../errors.ts';
import { fitPca, type LabelledFeatures, linearProbe, type ProbeResult, pcaScores } from '../metrics/index.ts';
import { bars } from '../render/index.ts';
import { loadModel } from './model.ts';
import { savePicture } from './pictures/input.ts';
import { type OpenedRun, openRunData, pieces } from './run-data.ts';
import type { SessionData } from './state.ts';

/** The widest code that is probed: of 60,000 images, half a gigabyte. */
const WIDEST = 2048;

export interface CodeProbe {
  dataset: string;
  /** Of the codes; test accuracy of a logistic regression fitted on the codes of all training images. */
  codes: ProbeResult & { units: number };
  /** Of the scores of PCA with as many components; null where that is all of the image. */
  pca: (ProbeResult & { components: number }) | null;
}

/** Fits linear probes on the training images' codes, and on PCA's, and measures them on the test images. */
export async function probeRun(run: string, options: SessionData = {}): Promise<CodeProbe> {
  const opened = await openRunData(run, options);
  const { dataset, manifest } = opened;
  const { threads } = manifest;
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
    const codes = await probe(opened, units, async (images) => (await model.encode(images)).data);
    return {
      dataset: dataset.name,
      codes: { units, ...codes },
      pca: units < opened.pixels ? await probePca(opened, units) : null,
    };
  } finally {
    await model.dispose();
  }
}

/** The same on the pixels themselves: what a code is held against. */
export async function probePixels(run: string, options: SessionData = {}): Promise<ProbeResult> {
  const opened = await openRunData(run, options);
  return probe(opened, opened.pixels, async (images) => images);
}

async function probePca(opened: OpenedRun, most: number): Promise<CodeProbe['pca']> {
  const { splits, pixels, manifest } = opened;
  const pca = await fitPca(pieces(splits.train, pixels), pixels, most, manifest.threads);
  // Fewer where fewer pixels vary.
  const components = pca.components.length;
  return { components, ...(await probe(opened, components, async (images) => pcaScores(pca, images))) };
}

type Features = (images: Float32Array) => Promise<Float32Array>;

async function probe({ splits, dataset, pixels, manifest }: OpenedRun, width: number, of: Features) {
  const features = async (split: LabelledImages): Promise<LabelledFeatures> => {
    const all = new Float32Array(split.count * width);
    let at = 0;
    for (const images of pieces(split, pixels)) {
      const some = await of(images);
      all.set(some, at);
      at += some.length;
    }
    return { features: all, labels: split.labels, count: split.count, width };
  };
  const [train, test] = [await features(splits.train), await features(splits.test)];
  return linearProbe({ train, test, classes: dataset.classes.length, threads: manifest.threads });
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
