/** A model's current reconstructions of a few test images, as pictures: ink is drawn on white, photographs as they are. */
import { mosaic } from '../../codecs/mosaic.ts';
import { encodePng } from '../../codecs/png.ts';
import { images, type SummaryValue } from '../../codecs/tensorboard/index.ts';
import type { SampleSet } from '../../data/dataset.ts';
import { toldOwn } from '../../model/condition.ts';
import type { Model } from '../../model/model.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type ImageKind, pictured, thumbnailSize, thumbnails } from '../../render/index.ts';
import { pictureSide } from '../pictures/codes.ts';
import type { TaskExamples } from '../pictures/examples.ts';
import { exampleWords, kindOf } from '../pictures/input.ts';
import { ofOneClass, planeCodes, SIDE } from '../pictures/latent.ts';
import { decodedThumbnails } from '../pictures/thumbnails.ts';

/** Pixels of the longer side of an image; larger ones are shown smaller. */
const LARGEST_SIDE = 512;

interface Grid extends ImageKind {
  /** [columns · rows, channels, height, width]: floats in [0, 1], what is beyond is cut off; or bytes. */
  images: Float32Array | Uint8Array;
  columns: number;
  rows?: number;
  /** Pixels of the picture to one of an image. */
  zoom?: number;
  /** White between images, in pixels. */
  gap?: number;
}

function gridPng({ images, columns, rows = 1, zoom = 1, gap = 0, ...kind }: Grid): Uint8Array {
  const { height, width } = thumbnailSize(kind, LARGEST_SIDE);
  const small = thumbnails(images, kind, LARGEST_SIDE);
  const { data: pixels, channels } = pictured('images', small, { ...kind, height, width });
  const tile = { height: height * zoom, width: width * zoom };
  return encodePng(mosaic(pixels, { channels, height, width, columns, rows, tile, gap }), 4);
}

type Shown = TaskExamples & { dataset: SampleSet; recipe: Recipe };

const strip = ({ dataset, count }: Shown, pixels: Float32Array): Uint8Array =>
  gridPng({ images: pixels, columns: count, ...kindOf(dataset) });

const which = ({ dataset, captions }: Shown): string =>
  `${dataset.name}, test split, ${exampleWords(dataset, dataset.test)}: ${captions.join(', ')}`;

/** What the encoder is given; of a denoiser also what it was made from. */
export function inputImages(shown: Shown): SummaryValue[] {
  const given = images('input', [strip(shown, shown.inputs)], { description: which(shown) });
  if (shown.recipe.corruption.type === 'none') return [given];
  return [given, images('original', [strip(shown, shown.images)], { description: which(shown) })];
}

/** Reconstructions, where they differ from the image, and what there is to see of the code. */
export async function modelImages(shown: Shown, given: Model): Promise<SummaryValue[]> {
  const model = toldOwn(given, shown.labels);
  const { inputs, images: originals, count, recipe, dataset } = shown;
  const { data } = await model.reconstruct(inputs);
  const differences = originals.map((value, i) => Math.abs(value - data[i]!));
  // Of colours the difference of each, on black; of grey images as ink.
  const isColour = dataset.channels === 3;
  const mask = gridPng({ images: differences, columns: count, ...kindOf(dataset), light: isColour });
  const values = [
    images('reconstruction', [strip(shown, data)], { description: which(shown) }),
    images('anomalies', [mask], {
      description: `|x − x̂|${isColour ? ' per colour, black is 0' : ', black is 1'}; ${which(shown)}`,
    }),
  ];
  const side = pictureSide({ recipe, model });
  if (side !== null) {
    const codes = (await model.encode(inputs)).data;
    const zoom = Math.max(1, Math.floor(Math.min(dataset.height, LARGEST_SIDE) / side));
    const picture = gridPng({ images: codes, columns: count, height: side, width: side, zoom, gap: 4 });
    values.push(images('code', [picture], { description: `${side}×${side} units; ${which(shown)}` }));
  }
  if (model.info.prior?.isStandardNormal && model.info.codeUnits === 2) {
    const decoded = await decodedThumbnails(ofOneClass(given).model, planeCodes());
    const picture = gridPng({ columns: SIDE, rows: SIDE, ...kindOf(dataset), ...decoded });
    values.push(
      images('manifold', [picture], { description: 'codes from −2 to 2 in steps of equal length, decoded' }),
    );
  }
  return values;
}
