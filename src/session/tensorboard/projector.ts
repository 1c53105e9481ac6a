/** The codes of test samples as a table that TensorBoard's projector shows, with their classes; images also with pictures. */
import { join } from 'node:path';
import { encodePng } from '../../codecs/png.ts';
import {
  embeddingMetadata,
  embeddingTensor,
  encodeStart,
  maxSprites,
  PROJECTOR_CONFIG,
  projectorConfig,
  spriteSheet,
} from '../../codecs/tensorboard/index.ts';
import type { SampleSet } from '../../data/dataset.ts';
import type { Model } from '../../model/model.ts';
import { pictured } from '../../render/index.ts';
import { openEventLog, writeWhole } from '../../store/index.ts';
import { firstBytes, kindOf } from '../../views/index.ts';
import { firstCodes } from '../../views/pictures/input.ts';

/** Points at most, and numbers in the table: a wide code is shown for fewer samples. */
const POINTS = 5000;
const VALUES = 2 ** 22;

/** The event file comes last: TensorBoard looks for the other files when it finds a folder with one. */
export async function writeCodes(folder: string, dataset: SampleSet, model: Model): Promise<void> {
  const { height, width, test } = dataset;
  const { kind } = test.spec;
  const units = model.info.codeUnits;
  const shown = kind === 'image' ? maxSprites({ width, height }) : POINTS;
  const most = Math.max(1, Math.min(POINTS, Math.floor(VALUES / units), shown));
  const { codes: data, count } = await firstCodes(model, test, most);
  const captions = Array.from(test.labels.subarray(0, count), (label) => dataset.classes[label] ?? '');
  const { bytes, extension } = embeddingTensor(data, [count, units]);
  const labels = embeddingMetadata([
    { name: 'class', values: captions },
    { name: `test ${kind}`, values: captions.map((_, i) => i) },
  ]);
  const [tensorPath, metadataPath] = [`codes.${extension}`, 'labels.tsv'];
  await writeWhole(join(folder, tensorPath), bytes);
  await writeWhole(join(folder, metadataPath), labels);
  const sprite = kind === 'image' ? await writeSprites(folder, dataset, most) : null;
  const config = projectorConfig([
    {
      name: 'codes',
      shape: [count, units],
      tensorPath,
      metadataPath,
      ...(sprite === null ? {} : { sprite: { path: sprite, width, height } }),
    },
  ]);
  await writeWhole(join(folder, PROJECTOR_CONFIG), config);
  const log = openEventLog(folder);
  try {
    log.append(encodeStart({ wallTime: Date.now() / 1000, step: 0 }));
    log.flush();
  } finally {
    log.close();
  }
}

/** A small picture of each image, in one file. */
async function writeSprites(folder: string, dataset: SampleSet, most: number): Promise<string> {
  const { height, width } = dataset;
  const { images, count } = await firstBytes(dataset.test, most);
  // Ink on white: the projector tints pictures by class, and so colours the background.
  const { data: pixels, channels } = pictured('sprites', images, kindOf(dataset));
  const sheet = encodePng(spriteSheet(pixels, { count, height, width, channels }), 4);
  const name = 'images.png';
  await writeWhole(join(folder, name), sheet);
  return name;
}
