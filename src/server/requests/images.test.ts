import { expect, test } from 'vitest';
import { encodePng } from '../../codecs/png.ts';
import { wholePreprocessing } from '../../data/images/index.ts';
import { Budget } from './budget.ts';
import { decodePictures } from './decode-pictures.ts';
import { decodedPictures } from './images.ts';

const MANY = 1_000_000;
const decoding = {
  decoders: { run: decodePictures, close: async () => {} },
  pixels: new Budget(MANY, 'pixels'),
  limits: { imagePixels: MANY, requestPixels: MANY },
  signal: new AbortController().signal,
};

/** White with one black pixel, 2 × 2. */
const paper = encodePng({ width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 255, 255, 255) });

const rowsOf = async (
  invert: boolean,
  asked: { invert?: 'yes' | 'no'; fit?: 'contain' | 'cover' },
  width = 2,
) => [
  ...(
    await decodedPictures(
      [paper],
      wholePreprocessing({ channels: 1, height: 2, width, invert }),
      asked,
      decoding,
    )
  ).rows,
];

test('pictures are converted as the model’s own images were, unless the request says otherwise', async () => {
  expect(await rowsOf(false, {})).toEqual([0, 1, 1, 1]);
  expect(await rowsOf(true, {})).toEqual([1, 0, 0, 0]);
  expect(await rowsOf(true, { invert: 'no' })).toEqual([0, 1, 1, 1]);
  expect(await rowsOf(false, { invert: 'yes' })).toEqual([1, 0, 0, 0]);
});

test('borders are black after it, whatever is inverted', async () => {
  for (const invert of [true, false]) {
    for (const asked of [{}, { invert: 'yes' }, { invert: 'no' }] as const) {
      const rows = await rowsOf(invert, asked, 4);
      expect([rows[0], rows[3], rows[4], rows[7]]).toEqual([0, 0, 0, 0]);
    }
  }
});
