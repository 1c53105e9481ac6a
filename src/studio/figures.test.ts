import { expect, test } from 'vitest';
import { listedFigures } from './figures.ts';

const model = { mse: 0.5, ssim: null };

test('figures of sparse and quantised codes are among those of tables', () => {
  const sparse = { active: 16, dead: 0.25, dense: 0, explainedVariance: 0.9, cosine: 0.8 };
  expect(listedFigures({ model, code: { sparse } })).toEqual({
    ...{ loss: null, mse: 0.5, ssim: null },
    ...{ activePerSample: 16, deadUnits: 0.25, denseUnits: 0, explainedVariance: 0.9, cosine: 0.8 },
  });
  const symbols = { used: 1, perplexity: 480.5 };
  expect(listedFigures({ model, code: { symbols, sparse: null } })).toMatchObject({
    ...{ valuesUsed: 1, perplexity: 480.5 },
  });
  expect(listedFigures({ model, code: { varying: 3, perUnit: { kl: [1] } } })).toMatchObject({
    activeUnits: 3,
  });
  const objective = { values: { loss: 90, klDivergence: 20 } };
  expect(listedFigures({ model, objective, code: { varying: 3 } })).toMatchObject({ activeUnits: 3 });
  expect(
    listedFigures({ model, objective: { values: { loss: 90 } }, code: { varying: 3 } }),
  ).not.toHaveProperty('activeUnits');
});

test('a code that has none of them, or whose record is spoilt, adds nothing', () => {
  const plain = { loss: null, ...model };
  expect(listedFigures({ model })).toEqual(plain);
  expect(listedFigures({ model, code: null })).toEqual(plain);
  expect(listedFigures({ model, code: { symbols: { used: 'x', perplexity: Number.NaN } } })).toEqual(plain);
});
