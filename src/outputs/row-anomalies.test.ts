import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { expectSound } from '../../test/support/pages.ts';
import type { TableEncoding } from '../tables/index.ts';
import { RowAnomalyOutput } from './row-anomalies.ts';

const encoding: TableEncoding = {
  version: 1,
  columns: [
    { type: 'number', name: 'size', indicator: false, mean: 2, range: [0, 4] },
    { type: 'category', name: 'colour', indicator: false, values: ['red', 'blue'], other: true },
  ],
  leftOut: [{ name: 'unit', why: 'constant', value: 'mm' }],
  label: null,
  missing: 'refuse',
  scaling: 'standard',
  offset: [2, 0, 0, 0],
  scale: [1, 1, 1, 1],
};

const settings = {
  encoding,
  recipe: 'table',
  dataset: 'parts.csv',
  subject: 'later.csv',
  score: 'mean' as const,
  definition: 'mean squared error',
  threshold: 1,
  quantile: 0.99,
  basis: 'the 0.99 quantile of the scores of 200 held-out rows',
  heldOut: { quantiles: Array.from({ length: 1001 }, (_, i) => i / 1000), images: 200, split: 'validation' },
  worst: 1,
};

test('a folder has scores with the columns that did it, the worst rows in full, and the drift', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-rows-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'found');
  const output = await RowAnomalyOutput.open({ path, format: 'png', force: false, rawCsv: false }, settings);
  await output.write({
    names: ['1', '2'],
    classes: [null, 'bad'],
    values: Float32Array.of(2, 1, 0, 0, 9, 0, 0, 1),
    changedConstants: [[], [{ column: 'unit', value: 'inch', expected: 'mm' }]],
    found: {
      scores: [0.1, 8],
      flagged: [false, true],
      contributions: Float32Array.of(0.1, 0, 0, 0, 6, 1, 0, 1),
      reconstructions: Float32Array.of(2, 1, 0, 0, 2.5, 0.9, 0.1, 0),
    },
  });
  // Enough rows for a word on drift.
  const names = Array.from({ length: 38 }, (_, i) => String(i + 3));
  const many = (row: number[]) => Float32Array.from(names.flatMap(() => row));
  await output.write({
    names,
    classes: names.map(() => null),
    values: many([2, 1, 0, 0]),
    changedConstants: names.map(() => []),
    found: {
      scores: names.map((_, i) => i / 40),
      flagged: names.map(() => false),
      contributions: many([0, 0, 0, 0]),
      reconstructions: many([2, 1, 0, 0]),
    },
  });
  const finished = await output.finish();
  expect(finished).toMatchObject({ rows: 40, flagged: 1, what: '1 of 40 above the threshold' });
  expect(finished.notes).toEqual([expect.stringMatching(/^(no )?drift: /)]);
  expect(readFileSync(join(path, 'scores.csv'), 'utf8').split('\n').slice(0, 3).join('\n')).toBe(
    'row,class,score,flagged,column1,share1,column2,share2,column3,share3,changedConstants\n1,,0.1,false,size,1,,,,,0\n2,bad,8,true,size,0.75,colour,0.25,,,1',
  );
  expect(readFileSync(join(path, 'worst.csv'), 'utf8')).toBe(
    'row,score,column,value,expected,share\n2,8,size,9,2.5,0.75\n2,8,colour,(other),red,0.25\n2,8,unit,inch,mm,\n',
  );
  const page = readFileSync(join(path, 'report.html'), 'utf8');
  expectSound(page);
  const text = page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  expect(text).toContain('1 of 40 rows scored above the threshold');
  expect(text).toContain(
    '2 class bad score 8.000, flagged size 9 2.5 6.000 75 % colour (other) red 2.000 25 %',
  );
  expect(text).toContain('unit inch mm not seen by the model');
  expect(JSON.parse(readFileSync(join(path, 'anomaly.json'), 'utf8'))).toMatchObject({
    rows: 40,
    flagged: 1,
    threshold: 1,
    heldOut: { rows: 200 },
    drift: { above: 1 / 40 },
  });
});
