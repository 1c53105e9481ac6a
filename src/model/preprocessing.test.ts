import { expect, test } from 'vitest';
import { wholePreprocessing } from '../data/images/preprocessing.ts';
import { preprocessingMetadata, readPreprocessing } from './preprocessing.ts';

const image = { height: 4, width: 6, channels: 1 };

test.each([
  {},
  { depth: 16 },
  { range: 4095, depth: 16, invert: true, fit: 'cover', background: 7 },
] as const)('a model converts images as its training images were: %j', (settings) => {
  const preprocessing = wholePreprocessing({ height: 4, width: 6, channels: 1, ...settings });
  const dataset = { ...image, preprocessing } as unknown as Parameters<typeof preprocessingMetadata>[0];
  const text = preprocessingMetadata(dataset).preprocessing;
  expect(readPreprocessing(text, image, 'model')).toEqual(preprocessing);
});
