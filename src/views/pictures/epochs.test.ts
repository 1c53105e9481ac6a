import { expect, test } from 'vitest';
import { decodePng, encodePng } from '../../codecs/png.ts';
import type { Dataset, SampleSet } from '../../data/dataset.ts';
import { samplesOf } from '../../data/source.ts';
import type { Model } from '../../model/model.ts';
import { epochPage, epochPictures } from './epochs.ts';
import type { PictureInput } from './input.ts';

const COUNT = 3;

/** Test images, white in their upper half, and a model that gives them back in grey. */
function halves(height: number, width: number) {
  const images = new Uint8Array(COUNT * height * width).map((_, i) =>
    Math.floor(i / width) % height < height / 2 ? 255 : 0,
  );
  const split = { images, labels: new Uint8Array(COUNT), count: COUNT };
  const shape = { name: 'halves', height, width, channels: 1, classes: ['0'] };
  const dataset = { ...shape, train: split, validation: null, test: split } as unknown as Dataset;
  const reconstruct = async (given: Uint8Array) => ({
    data: Float32Array.from(given, (value) => value / 510),
    shape: [given.length / (height * width), 1, height, width],
  });
  const model = { info: { image: { height, width, channels: 1 }, codeUnits: 1 }, reconstruct } as unknown;
  return { dataset: samplesOf(dataset), model: model as Model };
}

const drawn = (dataset: SampleSet, page: Uint8Array) => {
  const input = { recipe: { name: 'r' }, dataset, metrics: [{ epoch: 1 }], epochPage: async () => page };
  return epochPictures(input as unknown as PictureInput);
};

test.each([
  [830, 830, 128, 128],
  [9000, 3, 128, 1],
  [28, 28, 28, 28],
])('images of %d × %d are kept at %d × %d, and drawn', async (height, width, high, wide) => {
  const { dataset, model } = halves(height, width);
  const kept = await epochPage(dataset, model);
  const page = decodePng(kept, 'page');
  expect([page.height, page.width]).toEqual([10 * high, 10 * wide]);
  // Ink on paper: half of 255 above, nothing below; paper where there is no image.
  const at = (row: number, image: number) => page.data[row * page.width + image * wide];
  expect([at(0, 0), at(high - 1, 2), at(0, 3)]).toEqual([127, 255, 255]);
  expect((await drawn(dataset, kept)).map(({ name }) => name)).toEqual(['epochs']);
});

test('a page that an older hourglass kept at full size is drawn; one of another size is not', async () => {
  const { dataset, model } = halves(200, 200);
  const small = await drawn(dataset, await epochPage(dataset, model));
  const levels = new Uint8Array(2000 * 2000).fill(255);
  for (let y = 0; y < 100; y++) levels.fill(127, y * 2000, y * 2000 + 600);
  const large = encodePng({ width: 2000, height: 2000, channels: 1, data: levels }, 4);
  expect(await drawn(dataset, large)).toEqual(small);
  const other = encodePng({ width: 20, height: 20, channels: 1, data: levels.subarray(0, 400) });
  expect(await drawn(dataset, other)).toEqual([]);
});
