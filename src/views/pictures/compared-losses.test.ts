import { describe, expect, test } from 'vitest';
import type { LossPart } from '../../models/index.ts';
import { loadRecipe } from '../../node/recipes.ts';
import { comparedLosses, type RunLosses } from './compared-losses.ts';

const MSE: LossPart = { name: 'reconstruction', definition: 'squared error, mean', unit: 'MSE', weight: 1 };
const BCE: LossPart = { name: 'reconstruction', definition: 'cross-entropy, sum', unit: 'nats', weight: 1 };
const KL: LossPart = { name: 'klDivergence', definition: 'KL, sum', unit: 'KL (nats)', weight: 1 };

function run(name: string, losses: LossPart[], more: Partial<RunLosses> = {}): RunLosses {
  const values = (scale: number) =>
    Object.fromEntries(['loss', ...losses.map((part) => part.name)].map((key, i) => [key, scale + i]));
  const metrics = [1, 2, 3].map((epoch) => ({
    ...{ epoch, step: epoch, learningRate: 0.1, seconds: 1, imagesPerSecond: 1 },
    ...{ training: values(1 / epoch), validation: values(2 / epoch) },
  }));
  return { name, dataset: 'mnist', recipe: loadRecipe('basic'), metrics, losses, ...more };
}

/** The titles of the panels, in order, and the number of curves in all. */
async function drawn(...runs: RunLosses[]): Promise<{ titles: string[]; text: string[] }> {
  const pictures = await comparedLosses(runs);
  expect(pictures.map(({ name }) => name)).toEqual(['losses']);
  const svg = pictures[0]!.svg;
  const texts = [...svg.matchAll(/<text([^>]*)>([^<]*)</g)].map(([, style, text]) => ({
    style,
    text: text!,
  }));
  const titles = texts.filter(({ style }) => /bold|600|700/.test(style!)).map(({ text }) => text);
  return { titles: titles.slice(1), text: texts.map(({ text }) => text) };
}

describe('the losses of several runs', () => {
  test('that are the same loss share one plot', async () => {
    const { titles, text } = await drawn(run('a', [BCE, KL]), run('b', [BCE, KL]));
    expect(titles).toEqual([]);
    for (const name of ['a, training', 'b, validation', '2 runs on mnist']) expect(text).toContain(name);
  });

  test('of different definitions have a panel each', async () => {
    const { titles, text } = await drawn(run('a', [MSE]), run('b', [BCE]));
    expect(titles).toEqual(['reconstruction: MSE', 'reconstruction: nats']);
    const summed = await drawn(run('a', [MSE]), run('b', [{ ...MSE, definition: 'squared error, sum' }]));
    expect(summed.titles).toEqual([
      'reconstruction: squared error, mean',
      'reconstruction: squared error, sum',
    ]);
    const sums = await drawn(run('a', [MSE, KL]), run('b', [BCE, KL]));
    expect(sums.titles.slice(0, 2)).toEqual(['loss: MSE + KL (nats)', 'loss: nats + KL (nats)']);
    for (const name of ['a, training', 'b, training', 'MSE', 'nats']) expect(text).toContain(name);
  });

  test('that share a part have it in one panel, and their own loss in another', async () => {
    const { titles } = await drawn(
      run('a', [BCE]),
      run('b', [BCE, KL]),
      run('c', [BCE, { ...KL, weight: 4 }]),
    );
    expect(titles).toEqual([
      'loss: reconstruction + KL divergence',
      'loss: reconstruction + 4 · KL divergence',
      'reconstruction',
      'KL divergence',
    ]);
  });

  test('on different images, or under different noise, are told apart by them', async () => {
    const noisy = loadRecipe('basic', { 'corruption.type': 'gaussian', 'corruption.sigma': 0.4 });
    const { titles } = await drawn(
      run('a', [MSE]),
      run('b', [MSE], { recipe: noisy }),
      run('c', [MSE], { dataset: 'shapes' }),
      run('d', [MSE]),
    );
    expect(titles).toEqual([
      'mnist: reconstruction',
      'mnist, Gaussian noise, σ 0.4: reconstruction',
      'shapes: reconstruction',
    ]);
  });
});
