/** Images and their reconstructions: before and after training, the worst ones, and denoised ones. */
import type { SampleSet } from '../../data/dataset.ts';
import { scoreFor } from '../../evaluation/detection.ts';
import { toldPasses } from '../../evaluation/told-passes.ts';
import { anomalyScores, imageErrors, type MapScoreKind, mapsOfImages } from '../../metrics/index.ts';
import { toldOwn } from '../../model/index.ts';
import { describeCorruption } from '../../models/index.ts';
import { imageRows, OPACITY } from '../../render/index.ts';
import { subset } from '../../samples/index.ts';
import { corruptImages } from '../../training/index.ts';
import { codeRow } from './codes.ts';
import {
  exampleWords,
  fileWords,
  firstImages,
  imagesAt,
  kindOf,
  type Picture,
  type PictureInput,
  pickExamples,
  pixelsOf,
} from './input.ts';

const fixed = (values: Iterable<number>) => Array.from(values, (value) => value.toFixed(4));

/** One image of each class and its reconstruction. */
export async function reconstructionPicture(input: PictureInput): Promise<Picture> {
  const { recipe, dataset, model } = input;
  const { images, captions, labels } = await pickExamples(dataset, dataset.test);
  const { data } = await toldOwn(model, labels).reconstruct(images);
  const svg = imageRows({
    title: `${recipe.name}: after training`,
    subtitle: `${dataset.name}, test split, ${exampleWords(dataset, dataset.test)}; below: mean squared error per pixel`,
    rows: [
      { label: 'input', images },
      { label: 'reconstruction', images: data },
    ],
    columns: captions,
    footers: fixed(imageErrors(images, data, pixelsOf(dataset))),
    ...kindOf(dataset),
  });
  return { name: 'reconstructions', svg };
}

/** The first ten test images, their reconstructions before training and after it, and small codes as pictures. */
export async function beforeAfterPicture(input: PictureInput): Promise<Picture> {
  const { recipe, dataset } = input;
  const { images, captions, labels } = await firstImages(dataset, dataset.test, 10);
  const [model, untrained] = [toldOwn(input.model, labels), toldOwn(input.untrained, labels)];
  const [before, after] = [await untrained.reconstruct(images), await model.reconstruct(images)];
  const svg = imageRows({
    title: `${recipe.name}: before and after training`,
    subtitle: `${dataset.name}, the first ${captions.length} images of the test split; below: mean squared error per pixel after training`,
    rows: [
      { label: 'input', images },
      ...(await codeRow(input, untrained, images, 'code before')),
      { label: 'before training', images: before.data },
      ...(await codeRow(input, model, images, 'code after')),
      { label: 'after training', images: after.data },
    ],
    columns: captions,
    footers: fixed(imageErrors(images, after.data, pixelsOf(dataset))),
    ...kindOf(dataset),
  });
  return { name: 'before-after', svg };
}

/** Images that the anomaly picture shows of each kind. */
const SHOWN = 5;
/** Test images among which it looks. */
const LOOKED_AT = 10_000;

/**
 * Typical images and those with the highest scores, by the model's own kind of score: where they differ, as |x − x̂| or as the map
 * that the score is taken from.
 */
export async function anomalyPicture(input: PictureInput): Promise<Picture> {
  const { recipe, dataset, model } = input;
  const count = Math.min(LOOKED_AT, dataset.test.count);
  const looked = subset(
    dataset.test,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  const kind = scoreFor(recipe.loss);
  const scores: number[] = [];
  for await (const { images: part, own } of toldPasses(model, looked)) {
    const { data } = await own.reconstruct(part);
    scores.push(...anomalyScores(part, data, dataset, [kind])[kind]);
  }
  const ranked = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const middle = Math.max(0, Math.floor((count - SHOWN) / 2));
  const places = [
    ...ranked.slice(middle, middle + SHOWN),
    ...ranked.slice(Math.max(middle + SHOWN, count - SHOWN)),
  ];
  const { images, labels } = await imagesAt(dataset, dataset.test, places);
  const { data } = await toldOwn(model, labels).reconstruct(images);
  const isMean = kind === 'mean';
  const map = isMean
    ? images.map((value, i) => Math.abs(value - data[i]!))
    : mapsIn(images, data, dataset, kind);
  const range = [0, isMean ? 1 : map.reduce((most, value) => Math.max(most, value), 0) || 1] as const;
  const svg = imageRows({
    title: `${recipe.name}: anomalies`,
    subtitle: `${dataset.name}, test split: ${SHOWN} images near the median score, then the ${SHOWN} highest of ${count.toLocaleString('en')}; score: ${isMean ? 'squared error per pixel' : kind}`,
    rows: [
      { label: 'input', images },
      { label: 'reconstruction', images: data },
      { label: isMean ? 'mask |x − x̂|' : `map of ${kind}`, images: map, scale: 'heat', range },
      {
        label: isMean ? 'mask over input' : 'map over input',
        images,
        overlay: map,
        range,
        ...(isMean ? {} : { opacity: OPACITY }),
      },
    ],
    columns: fileWords(dataset, dataset.test, places),
    footers: fixed(places.map((place) => scores[place]!)),
    ...kindOf(dataset),
  });
  return { name: 'anomalies', svg };
}

/** The maps of a kind of score, [n, channels, height, width]: the same in each channel, as they are drawn. */
function mapsIn(x: Float32Array, y: Float32Array, shape: SampleSet, kind: MapScoreKind): Float32Array {
  const { channels, height, width } = shape;
  const all = new Float32Array(x.length);
  let at = 0;
  for (const maps of mapsOfImages(x, y, shape)) {
    for (let c = 0; c < channels; c++, at += height * width) all.set(maps.of(kind), at);
  }
  return all;
}

/** Clean images, the encoder's noisy input, and the model's output. */
export async function denoisingPicture(input: PictureInput): Promise<Picture> {
  const { engine, recipe, dataset, model, seed } = input;
  const values = pixelsOf(dataset);
  const { images, captions, labels } = await firstImages(dataset, dataset.test, 10);
  const noisy = await corruptImages(engine, recipe.corruption, images, dataset, {
    ...{ split: 'test', seed, range: dataset.test.spec.range },
  });
  const { data } = await toldOwn(model, labels).reconstruct(noisy);
  const svg = imageRows({
    title: `${recipe.name}: noise removed`,
    subtitle: `${dataset.name}, test split; ${describeCorruption(recipe.corruption)}; below: squared error per pixel, compared with the original`,
    rows: [
      { label: 'original', images },
      { label: 'noisy', images: noisy },
      { label: 'reconstruction', images: data },
      {
        label: 'residual x̂ − x',
        images: data.map((value, i) => value - images[i]!),
        scale: 'signed',
        range: [-1, 1],
      },
    ],
    columns: captions,
    footers: fixed(imageErrors(images, data, values)),
    ...kindOf(dataset),
  });
  return { name: 'denoising', svg };
}
