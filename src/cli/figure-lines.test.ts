import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Evaluation, OneClassEvaluation } from '../api.ts';
import { madeUpRun } from '../views/report/testing.ts';
import { evaluationTable } from './evaluation-table.ts';
import { figureLines } from './figure-lines.ts';
import { oneClassLines } from './one-class.ts';
import { columnsOf } from './table.ts';

const colours = pc.createColors(false);
const WIDTHS = [40, 60, 80, 120];
const widest = (lines: readonly string[]) => Math.max(...lines.map(columnsOf));
/** The decimal figures of a text, in order. */
const figuresOf = (lines: readonly string[]) => lines.join('\n').match(/\d[\d,]*\.\d+(e-\d+)?/g) ?? [];

describe('a row of figures', () => {
  const row = (width: number) =>
    figureLines('a label', [{ text: '0.12345' }, { text: '0.23456' }], 'words on the figure', {
      width,
      colours,
    });

  test('has its note next to it if there is room, otherwise below', () => {
    expect(row(80)).toEqual(['a label              0.12345   0.23456   words on the figure']);
    expect(row(50)).toEqual(['a label              0.12345   0.23456', '  words on the figure']);
    expect(row(30)).toEqual(['a label', '   0.12345   0.23456', '  words on the figure']);
    expect(row(Number.POSITIVE_INFINITY)).toEqual(row(80));
  });
});

describe.each(WIDTHS)('in %i columns', (width) => {
  test('an evaluation is no wider and keeps every figure whole', () => {
    const { results } = madeUpRun();
    const evaluation = { ...results, dataset: 'fashion-mnist' } as unknown as Evaluation;
    evaluation.objective!.parts[0]!.definition =
      'binary cross-entropy (nats), summed over pixels, mean over images';
    const all = evaluationTable(evaluation, { width: Number.POSITIVE_INFINITY, colours });
    const lines = evaluationTable(evaluation, { width, colours });
    expect(widest(lines), lines.join('\n')).toBeLessThanOrEqual(width);
    expect(figuresOf(lines)).toEqual(figuresOf(all));
    expect(figuresOf(all)).toEqual(expect.arrayContaining(['0.01234', '0.05678', '105.21']));
  });

  test('a one-class table is no wider and keeps every figure whole', () => {
    const scores = (squaredError: number) => ({
      ...{ squaredError, max: 0.75, 'top1%': 0.875, 'smoothed-max': 0.9125, negativeElbo: squaredError / 2 },
    });
    const row = (name: string, squaredError: number) => ({
      ...{ class: name, run: 'runs/a', normal: 9801, anomalous: 60_000 },
      auroc: scores(squaredError),
    });
    const evaluation: OneClassEvaluation = {
      ...{ dataset: 'fashion-mnist', recipe: 'vae', epochs: 10, seed: 1, folder: 'one-class', files: [] },
      definitions: { auroc: 'the area under the curve of true over false positives, of all thresholds' },
      tables: [
        {
          setup: 'normal',
          rows: [row('Ankle boot', 0.9876), row('T-shirt/top', 0.5432)],
          mean: scores(0.7654),
        },
      ],
      leftOut: [{ setup: 'normal', class: 'Bag', reason: 'it has one training image only' }],
    };
    const lines = oneClassLines(evaluation, { width, colours });
    const text = lines.join('\n');
    expect(widest(lines), text).toBeLessThanOrEqual(width);
    const others = ['0.7500', '0.8750', '0.9125'];
    expect(figuresOf(lines)).toEqual([
      ...['0.9876', ...others, '0.4938', '0.5432', ...others, '0.2716', '0.7654', ...others, '0.3827'],
    ]);
    for (const name of ['mean', 'max', 'top1%', 'smoothed-max', '−ELBO']) expect(text).toContain(name);
    for (const count of ['9,801', '60,000']) expect(text).toContain(count);
  });
});
