import { expect, test } from 'vitest';
import { missingLines } from './figures.ts';

const PRINTED = `quick on mnist-10k
training  12 epochs, adam, learning rate 0.002, seed 1, 4 threads
run       runs/quick-20261127-164206
MAE per pixel        0.03090   0.07121   absolute error
epoch  1/12  training loss 0.26000  validation loss 0.14594  1,203 images/s`;

test.each([
  ['training  12 epochs, adam, learning rate 0.002, seed 1, 2 threads'],
  ['run       runs/quick-20251127-164207'],
  ['MAE per pixel        0.03039   0.07121   absolute error'],
  ['epoch  1/12  training loss 0.25897  validation loss 0.14594'],
  ['quick on mnist-10k\n…\n'],
])('%j is what is printed', (quoted) => {
  expect(missingLines(quoted, PRINTED)).toEqual([]);
});

test.each([
  ['training  13 epochs, adam, learning rate 0.002, seed 1, 2 threads'],
  ['MAE per pixel        0.02800   0.07121   absolute error'],
  ['MSE per pixel        0.03039   0.07121   absolute error'],
  ['epoch  2/12  training loss 0.25897  validation loss 0.14594'],
  ['verdict'],
])('%j is not', (quoted) => {
  expect(missingLines(quoted, PRINTED)).toEqual([quoted]);
});
