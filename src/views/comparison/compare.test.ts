import { describe, expect, test } from 'vitest';
import { expectSound } from '../../../test/support/pages.ts';
import { HOSTILE, madeUpRun } from '../report/testing.ts';
import { compareFacts, type RunFacts } from './compare.ts';
import { differences } from './differences.ts';
import { comparisonPage } from './page.ts';

describe('differences', () => {
  test.each<[string, unknown[], [string, (string | null)[]][]]>([
    ['of equal configurations are none', [{ a: { b: [1] } }, { a: { b: [1] } }], []],
    ['are paths and values', [{ a: { b: 1, c: 'x' } }, { a: { b: 2, c: 'x' } }], [['a.b', ['1', '2']]]],
    [
      'name what only one has',
      [{ a: null }, { b: 'x' }],
      [
        ['a', ['null', null]],
        ['b', [null, 'x']],
      ],
    ],
    [
      'go into lists of one length',
      [{ l: [{ u: 1 }, { u: 2 }] }, { l: [{ u: 1 }, { u: 3 }] }],
      [['l.1.u', ['2', '3']]],
    ],
    [
      'show lists of several lengths whole',
      [
        {
          l: [
            { type: 'dense', units: 8, bias: true },
            { type: 'dropout', rate: 0.2 },
          ],
        },
        { l: [] },
      ],
      [['l', ['dense 8, dropout 0.2', 'none']]],
    ],
    ['are of any number of runs', [{ a: 1 }, { a: 1 }, { a: 3 }], [['a', ['1', '1', '3']]]],
    ['are of own keys only', [{ toString: 1 }, {}], [['toString', ['1', null]]]],
  ])('%s', (_, configurations, expected) =>
    expect(differences(configurations)).toEqual(expected.map(([path, values]) => ({ path, values }))),
  );
});

function runs(change: (second: RunFacts) => void): RunFacts[] {
  const [first, second] = ['a', 'b'].map((name) => {
    const { manifest, results } = structuredClone(madeUpRun());
    manifest.name = name;
    return { folder: `runs/${name}`, manifest, results, seconds: 12.5 };
  });
  second!.results.model.mae = 0.005;
  change(second!);
  return [first!, second!];
}

const bestOf = ({ figures }: ReturnType<typeof compareFacts>, wanted: string) =>
  figures.find(({ name }) => name === wanted)!.best;

describe('a comparison', () => {
  test('marks the lowest, but neither equals nor references', () => {
    const comparison = compareFacts(runs(({ results }) => (results.pca!.mae = 0)));
    expect(comparison).toMatchObject({ sameImages: true, notes: [], settings: [], circumstances: [] });
    expect(bestOf(comparison, 'MAE per pixel')).toEqual([1]);
    expect(bestOf(comparison, 'MSE per pixel')).toEqual([]);
    expect(bestOf(comparison, 'PCA, MAE per pixel')).toEqual([]);
  });

  test('marks the highest SSIM and PSNR, and leaves them out where no run has them', () => {
    const comparison = compareFacts(
      runs(({ results }) => {
        results.similarity!.model = { ssim: 0.5, psnr: 30 };
      }),
    );
    expect(bestOf(comparison, 'SSIM')).toEqual([0]);
    expect(bestOf(comparison, 'PSNR (dB)')).toEqual([1]);
    const windows = runs(({ results }) => (results.similarity!.definitions.ssim = 'of another window'));
    expect(bestOf(compareFacts(windows), 'SSIM')).toEqual([]);
    const old = runs(() => {});
    for (const { results } of old) results.similarity = null;
    expect(compareFacts(old).figures.map(({ name }) => name)).not.toContain('SSIM');
  });

  test('has the time of the trainings, which ranks nothing', () => {
    const [first, second] = runs(() => {});
    const { figures } = compareFacts([first!, { ...second!, seconds: 30 }]);
    expect(figures.at(-1)).toMatchObject({ name: 'training time', values: [12.5, 30], best: [] });
  });

  test('ranks a loss only where it is defined alike', () => {
    const lower = (weight: number) =>
      compareFacts(
        runs(({ results }) => {
          results.objective!.values.loss = 1;
          results.objective!.parts[0]!.weight = weight;
        }),
      );
    expect(bestOf(lower(0.5), 'loss')).toEqual([1]);
    expect(bestOf(lower(0.6), 'loss')).toEqual([]);
  });

  test('ranks figures of noisy images only where the noise is the same', () => {
    const noise = (sigma: number) =>
      compareFacts(
        runs(({ manifest, results }) => {
          manifest.config = { ...manifest.config, corruption: { type: 'gaussian', sigma } };
          results.corrupted!.model.mae = 0.001;
        }),
      );
    expect(bestOf(noise(0.4), 'denoised, MAE per pixel')).toEqual([1]);
    expect(bestOf(noise(0.2), 'denoised, MAE per pixel')).toEqual([]);
    expect(noise(0.2).settings).toEqual([{ path: 'corruption.sigma', values: ['0.4', '0.2'] }]);
  });

  test.each<[string, (second: RunFacts) => void]>([
    ['another set', ({ manifest }) => (manifest.dataset.name = 'mnist-10k')],
    ['other images by that name', ({ manifest }) => (manifest.dataset.fingerprint = 'cd')],
    ['another number of them', ({ results }) => (results.images = 1000)],
  ])('of %s says so and ranks nothing', (_, change) => {
    const comparison = compareFacts(runs(change));
    expect(comparison.notes).toEqual([expect.stringContaining('cannot be compared')]);
    expect(comparison.figures.flatMap(({ best }) => best)).toEqual([]);
  });

  test('is one sound page with every figure, whatever a run is called', () => {
    const comparison = compareFacts(
      runs(({ manifest }) => {
        manifest.name = `b ${HOSTILE}`;
        manifest.config = { ...manifest.config, name: HOSTILE, [HOSTILE]: 1 };
      }),
    );
    const page = comparisonPage(comparison, [{ name: 'losses', uri: 'data:image/png;base64,AAAA' }]);
    expectSound(page);
    for (const { name } of comparison.figures) expect(page).toContain(`>${name}<`);
    for (const text of ['0.005000 best', '0.01234', '105.2', '3.052']) expect(page).toContain(text);
  });
});
