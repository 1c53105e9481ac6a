/** A run's pictures: the loss curves, and the same ten test digits before and after training. */
import { join } from 'node:path';
import type { Dataset, LabelledImages } from '../data/dataset.ts';
import { imageRows, lossCurves, svgToPng } from '../render/index.ts';
import { type MetricsRow, writeWhole } from '../store/index.ts';
import { type Model, scaled } from './model.ts';

export const PICTURES_FOLDER = 'pictures';

/** The first image of each class, for up to ten classes; fewer where the split lacks some. */
export interface Examples {
  /** [n, height, width], in [0, 1]. */
  images: Float32Array;
  count: number;
  /** The class of each. */
  captions: string[];
}

export function pickExamples(dataset: Dataset, split: LabelledImages, most = 10): Examples {
  const pixels = dataset.height * dataset.width * dataset.channels;
  const chosen: number[] = [];
  const captions: string[] = [];
  for (const [label, name] of dataset.classes.entries()) {
    const index = split.labels.indexOf(label);
    if (index < 0 || chosen.length === most) continue;
    chosen.push(index);
    captions.push(name);
  }
  const images = new Float32Array(chosen.length * pixels);
  for (const [i, index] of chosen.entries()) {
    images.set(scaled(split.images.subarray(index * pixels, (index + 1) * pixels)), i * pixels);
  }
  return { images, count: chosen.length, captions };
}

async function save(run: string, name: string, svg: string): Promise<string> {
  const file = join(run, PICTURES_FOLDER, `${name}.png`);
  await writeWhole(join(run, PICTURES_FOLDER, `${name}.svg`), svg);
  await writeWhole(file, await svgToPng(svg));
  return file;
}

/** The images over their reconstructions, with each one's mean squared error per pixel below. */
async function drawReconstructions(
  run: string,
  name: string,
  title: string,
  examples: Examples,
  reconstructions: Float32Array,
  dataset: Dataset,
): Promise<string> {
  const { height, width } = dataset;
  const pixels = height * width;
  const errors = examples.captions.map((_, i) => {
    let sum = 0;
    for (let p = i * pixels; p < (i + 1) * pixels; p++)
      sum += (examples.images[p]! - reconstructions[p]!) ** 2;
    return (sum / pixels).toFixed(4);
  });
  const svg = imageRows({
    title,
    subtitle: `${dataset.name}, test split, the first image of each class; below: mean squared error per pixel`,
    rows: [
      { label: 'input', images: examples.images },
      { label: 'reconstruction', images: reconstructions },
    ],
    columns: examples.captions,
    footers: errors,
    height,
    width,
  });
  return save(run, name, svg);
}

export interface PictureInput {
  run: string;
  recipe: string;
  dataset: Dataset;
  model: Model;
  /** The model as it was before the first step. */
  untrained: Model;
  metrics: readonly MetricsRow[];
  /** What the loss is: its definition, and as an axis says it. */
  loss: { definition: string; unit: string };
  /** Whether validation is the test split. */
  validatesOnTest: boolean;
  keptEpoch: number;
}

/** Draws everything into the run's folder and gives the paths of the PNG files. */
export async function drawPictures(input: PictureInput): Promise<string[]> {
  const { run, recipe, dataset, model, untrained, metrics } = input;
  const examples = pickExamples(dataset, dataset.test);
  const after = await model.reconstruct(examples.images);
  const before = await untrained.reconstruct(examples.images);
  const curves = await lossCurves({
    title: `${recipe} on ${dataset.name}`,
    subtitle: `loss: ${input.loss.definition}`,
    yLabel: input.loss.unit,
    xLabel: 'epoch',
    series: [
      {
        name: 'training',
        group: 'training',
        points: metrics.map(({ epoch, training }) => [epoch, training.loss!] as const),
      },
      {
        name: input.validatesOnTest ? 'validation (the test split)' : 'validation',
        group: 'validation',
        points: metrics.map(({ epoch, validation }) => [epoch, validation.loss!] as const),
      },
    ],
    marks: [{ epoch: input.keptEpoch, label: 'kept' }],
  });
  return [
    await save(run, 'loss', curves),
    await drawReconstructions(
      run,
      'reconstructions',
      `${recipe}: after training`,
      examples,
      after.data,
      dataset,
    ),
    await drawReconstructions(
      run,
      'before-training',
      `${recipe}: before training`,
      examples,
      before.data,
      dataset,
    ),
  ];
}
