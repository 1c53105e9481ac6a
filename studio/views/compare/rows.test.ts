import { expect, test } from 'vitest';
import type { RunEntry } from '../../../src/studio/protocol.ts';
import { figuresOf, shownRuns } from './rows.ts';

const run = (name: string, more: Partial<RunEntry> = {}): RunEntry => ({
  id: name,
  name,
  recipe: 'vae',
  dataset: 'mnist-10k',
  samples: 'image',
  state: 'finished',
  startedAt: '2026-11-28T00:00:00Z',
  epoch: 3,
  epochs: 3,
  parameters: 10,
  tags: [],
  figures: {},
  verdict: null,
  broken: null,
  ...more,
});
const names = (runs: readonly RunEntry[]) => runs.map(({ name }) => name);
const by = (sort: string, descending = false, words = '') => ({ sort, descending, words });

test('numbers in names count as numbers', () => {
  expect(names(shownRuns([run('vae-10'), run('vae-9')], by('name')))).toEqual(['vae-9', 'vae-10']);
});

test('runs without the figure come last, whichever way it is sorted', () => {
  const runs = [run('none'), run('low', { figures: { mse: 0.01 } }), run('high', { figures: { mse: 0.02 } })];
  expect(names(shownRuns(runs, by('figure:mse')))).toEqual(['low', 'high', 'none']);
  expect(names(shownRuns(runs, by('figure:mse', true)))).toEqual(['high', 'low', 'none']);
});

test('every word must be somewhere', () => {
  const runs = [run('a', { tags: ['Baseline'] }), run('b', { recipe: 'conv', tags: ['baseline'] })];
  expect(names(shownRuns(runs, by('name', false, 'BASE conv')))).toEqual(['b']);
  expect(names(shownRuns(runs, by('name', false, '  ')))).toEqual(['a', 'b']);
});

test('a broken run has no values', () => {
  const runs = [run('broken', { broken: 'run.json is damaged', epoch: 99 }), run('whole')];
  expect(names(shownRuns(runs, by('epoch', true)))).toEqual(['whole', 'broken']);
});

test('figures have the order of the table, and unknown ones follow', () => {
  const runs = [run('a', { figures: { own: 1, mse: 2, ssim: null } }), run('b', { figures: { mae: 1 } })];
  expect(figuresOf(runs, ['mae', 'mse', 'ssim'])).toEqual(['mae', 'mse', 'own']);
});
