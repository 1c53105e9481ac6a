import { expect, test } from 'vitest';
import { inWordsFor } from './words.ts';

const text =
  'The mean image of images.csv: squared error per pixel, over pixels and images; ./pictures/image.png, --set data.image=1.';

test('texts on images are worded for rows, but not names, paths and settings', () => {
  expect(inWordsFor('image', text)).toBe(text);
  expect(inWordsFor('row', text, ['images.csv'])).toBe(
    'The mean row of images.csv: squared error per value, over values and rows; ./pictures/image.png, --set data.image=1.',
  );
  expect(inWordsFor('row', 'on 3 test images of my image', ['my image'])).toBe('on 3 test rows of my image');
  expect(inWordsFor('row', 'Images differ, “every picture” too.')).toBe('Rows differ, “every row” too.');
});
