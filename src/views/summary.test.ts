import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../diagnosis/index.ts';
import { plain } from './markdown.ts';
import { madeUpRun } from './report/testing.ts';
import { summaryPage } from './summary.ts';

function summaryOf(
  change: { name?: string; why?: string; fittedOn?: number | null; diagnosis?: Diagnosis } = {},
): string {
  const { manifest, recipe, metrics, results } = madeUpRun();
  const {
    name = 'a',
    why = 'because',
    fittedOn = manifest.dataset.counts.train,
    diagnosis = results.diagnosis,
  } = change;
  return summaryPage({
    manifest: { ...manifest, name },
    recipe: { ...recipe, why },
    metrics,
    evaluation: { ...results, diagnosis, pca: { ...results.pca!, fittedOn } },
    keptEpoch: 1,
    trainingSeconds: 1,
  });
}

describe('plain text in Markdown', () => {
  test.each([
    ['a_b*c', 'a\\_b\\*c'],
    ['<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
    ['[a](b) ![c](d)', '\\[a\\](b) \\!\\[c\\](d)'],
    ['# title | cell', '\\# title \\| cell'],
    ['1. item', '1\\. item'],
    ['- item', '\\- item'],
    ['two\nlines', 'two lines'],
    ['stacked-best, 0.5', 'stacked-best, 0.5'],
  ])('%s', (text, expected) => expect(plain(text)).toBe(expected));
});

test('a summary escapes names and the reason', () => {
  const page = summaryOf({ name: 'my_run *1* <i>', why: 'see [this](x) | <script>' });
  expect(page).toContain('# my\\_run \\*1\\* &lt;i&gt;');
  expect(page).toContain('see \\[this\\](x) \\| &lt;script&gt;');
});

test('a summary escapes the verdict and the findings: they name data sets', () => {
  const sentence = 'The model beats PCA on 9 test images of <b>my_set</b>.';
  const finding = { kind: 'a', level: 'weak', sentence: 'x*y*', cause: '[c](d)', remedy: 'r|s' } as const;
  const page = summaryOf({ diagnosis: { verdict: sentence, findings: [finding] } });
  expect(page).toContain('**The model beats PCA on 9 test images of &lt;b&gt;my\\_set&lt;/b&gt;.**');
  expect(page).toContain('- x\\*y\\* \\[c\\](d) r\\|s');
});

test('a summary says which images PCA was fitted on', () => {
  expect(summaryOf()).toContain('and was fitted on the training images.');
  expect(summaryOf({ fittedOn: null })).toContain('and was fitted on the training images.');
  expect(summaryOf({ fittedOn: 512 })).toMatch(
    /and was fitted on 512 of the [\d,]+ training images, spread evenly/,
  );
});
