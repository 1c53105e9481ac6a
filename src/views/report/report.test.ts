import { describe, expect, test } from 'vitest';
import { expectSound } from '../../../test/support/pages.ts';
import { pictureWords } from './captions.ts';
import { html } from './html.ts';
import { reportPage } from './report.ts';
import { madeUpRun } from './testing.ts';

describe('html', () => {
  test('escapes text and lists of text, and leaves what was made by it', () => {
    expect(html`<p title="${'"\'<&>'}">${['a<', html`<b>${1}</b>`]}</p>`.text).toBe(
      '<p title="&quot;&#39;&lt;&amp;&gt;">a&lt;<b>1</b></p>',
    );
  });
});

describe('a report', () => {
  const page = reportPage(madeUpRun());

  test('is one sound page, whatever a recipe, a class or a machine is called', () => {
    expectSound(page);
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
  });

  test.each([
    ['of the model', '0.01234'],
    ['denoised', '0.02345'],
    ['of the noisy images', '0.1456'],
    ['of PCA', '0.05678'],
    ['of the mean image', '0.06789'],
    ['squared error per image', '10.01'],
    ['the loss', '105.2'],
    ['its first part', '80.27'],
    ['its second part', '24.95'],
    ['the Jacobian', '3.052'],
    ['total variation of the images', '0.06621'],
    ['a value that is not a number', 'not a finite number'],
    ['parameters', '652,824'],
    ['the time', '24.5 s'],
    ['an epoch', '150.0'],
    ['the shape', '784-400-20-400-784'],
    ['what to look for', pictureWords('traversals').caption],
  ])('has %s', (_, text) => expect(page).toContain(text));

  test('has our figure of the reference’s kind next to it', () => {
    const cards = page.slice(page.indexOf('The reference'), page.indexOf('Reconstruction errors'));
    expect(cards).toContain('MSE per pixel: <strong>0.01334</strong>');
    expect(cards).not.toContain('MAE');
  });

  test('has the command that does it again, quoted for a shell', () => {
    expect(page).toContain(
      // The path has control characters, which a shell takes as escapes.
      'hourglass train recipe.json --data mnist --data-dir $&#39;/data/it\\&#39;s ',
    );
    expect(page).toContain('--seed 7 --threads 2');
  });
});

test('a report of rows has the errors of columns, and speaks of rows and values', () => {
  const { results, manifest, ...run } = madeUpRun();
  const columns = [
    { name: 'width', mse: 0.1, rmse: 0.51, mae: 0.4, r2: 0.9876 },
    { name: 'image', mse: 1, rmse: 3, mae: 2, r2: -0.5 },
  ];
  const rows = { columns: ['width', 'image'], offset: [0, 0], scale: [1, 1] };
  const page = reportPage({
    ...run,
    manifest: { ...manifest, dataset: { ...manifest.dataset, rows } },
    results: { ...results, similarity: null, totalVariation: null, columns },
  });
  expectSound(page);
  const text = page
    .replace(/<pre>[\s\S]*?<\/pre>/g, '')
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, '\n');
  for (const words of ['MSE per value', 'mean row', 'rows of 2 values', '-0.5000', '0.9876']) {
    expect(text).toContain(words);
  }
  // The column that is called so, and nothing else.
  expect(text.match(/.*\b(images?|pixels?)\b.*/gi)).toEqual(['image']);
});
