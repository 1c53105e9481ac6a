import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { openTable } from './open.ts';
import { openRows, type RowOptions } from './stream.ts';
import { fileWith } from './testing.ts';

const TABLE = `id,size,colour,ok,kind\n${Array.from({ length: 60 }, (_, i) => `${i + 1},${(i * 7) % 60},${['red', 'green', 'blue'][i % 3]},${i % 2 ? 'yes' : 'no'},good\n`).join('')}`;

async function rowsOf(
  later: string | Uint8Array,
  options: RowOptions & { name?: string } = {},
  settings = {},
) {
  const { table } = await openTable(fileWith('train.csv', TABLE), { label: 'kind', ...settings });
  const found = { names: [] as string[], classes: [] as (string | null)[], values: [] as number[][] };
  const { name = 'later.csv', ...rest } = options;
  for await (const { names, classes, values } of openRows([fileWith(name, later)], table!.encoding, rest)) {
    found.names.push(...names);
    found.classes.push(...classes);
    const width = values.length / names.length;
    for (let i = 0; i < names.length; i++)
      found.values.push([...values.subarray(i * width, (i + 1) * width)]);
  }
  return found;
}

test('columns are matched by name, in any order; unknown ones are left out with a note', async () => {
  const notes: string[] = [];
  const found = await rowsOf('ok,extra,colour,size\nyes,1,red,3\nno,2,pink,-4.5\n', {
    onNote: (text) => notes.push(text),
  });
  // size; blue, green, red, other; ok
  expect(found.values).toEqual([
    [3, 0, 0, 1, 0, 1],
    [-4.5, 0, 0, 0, 1, 0],
  ]);
  expect([found.names, found.classes]).toEqual([
    ['1', '2'],
    [null, null],
  ]);
  expect(notes).toEqual([
    expect.stringMatching(/later\.csv: the model does not know 'extra', which is left out/),
  ]);
});

test('a file without names has the columns in the order of the model', async () => {
  expect((await rowsOf('3,red,yes\n-4.5,pink,no\n')).values).toEqual([
    [3, 0, 0, 1, 0, 1],
    [-4.5, 0, 0, 0, 1, 0],
  ]);
  await expect(rowsOf('3,red\n4,red\n')).rejects.toThrow("must have the model's columns");
});

test('other formats give the same rows; batches are of the size that was asked for', async () => {
  const lines =
    '{"kind": "odd", "ok": true, "colour": "blue", "size": 1}\n{"size": 2, "ok": false, "colour": "red"}\n{"ok": 1, "size": 3, "colour": "red"}\n';
  const expected = [
    [1, 1, 0, 0, 0, 1],
    [2, 0, 0, 1, 0, 0],
    [3, 0, 0, 1, 0, 1],
  ];
  const { table } = await openTable(
    fileWith('t.csv', TABLE.replaceAll(',yes', ',true').replaceAll(',no', ',false')),
    { label: 'kind' },
  );
  const stdin = Readable.from([Buffer.from(lines)]);
  const sizes: number[] = [];
  const values: number[] = [];
  for await (const batch of openRows(['-'], table!.encoding, { stdin, batch: 2 })) {
    sizes.push(batch.names.length);
    values.push(...batch.values);
  }
  expect([sizes, values]).toEqual([[2, 1], expected.flat()]);
});

test.each<[string, string, RegExp]>([
  [
    'a column that is not there',
    'size,color,ok\n1,red,yes\n',
    /later\.csv: must have the model's columns, but 'colour' is not in it, got size, color, ok; rename 'color' to 'colour'\?/,
  ],
  [
    'a text in a number',
    'size,colour,ok\n1,red,yes\nx1,red,no\n',
    /later\.csv, row 2, column 'size': must be a number, got x1/,
  ],
  [
    'a word that is neither true nor false',
    'size,colour,ok\n1,red,maybe\n',
    /row 1, column 'ok': must be no or yes, got maybe/,
  ],
  ['a missing value', 'size,colour,ok\n1,,yes\n', /row 1, column 'colour': must have a value, got none/],
  ['no rows', 'size,colour,ok\n', /later\.csv: must hold rows, got none that can be used/],
])('%s is refused', async (_, text, message) => {
  await expect(rowsOf(text)).rejects.toThrow(message);
});

test('bad rows are skipped if that is asked for', async () => {
  const skipped: string[] = [];
  const found = await rowsOf('size,colour,ok\n1,red,yes\nx,red,yes\n3,red,no\n', {
    onBad: 'skip',
    onSkip: ({ message }) => skipped.push(message),
  });
  expect([found.names, skipped.length]).toEqual([['1', '3'], 1]);
});

test('missing values are filled with the mean, or such rows are left out, as in training', async () => {
  const later = 'size,colour,ok\n,red,yes\n3,red,no\n';
  const filled = await rowsOf(later, {}, { missing: 'mean' });
  expect(filled.values[0]![0]).toBeCloseTo(29.5, -1);
  expect((await rowsOf(later, {}, { missing: 'drop' })).names).toEqual(['2']);
});

test('another value in a column that was constant is counted and said, and so is a value in an empty one', async () => {
  const text = `size,unit,spare\n${Array.from({ length: 60 }, (_, i) => `${(i * 7) % 60},mm,\n`).join('')}`;
  const { table } = await openTable(fileWith('train.csv', text));
  const notes: string[] = [];
  const later = 'unit,size,spare\nmm,3,\ninch,4,\n,5,\ninch,6,new\n';
  const path = fileWith('later.csv', later);
  for await (const { changedConstants } of openRows([path], table!.encoding, {
    onNote: (note) => notes.push(note),
  })) {
    const unit = { column: 'unit', value: 'inch', expected: 'mm' };
    expect(changedConstants).toEqual([
      [],
      [unit],
      [],
      [unit, { column: 'spare', value: 'new', expected: null }],
    ]);
  }
  expect(notes).toEqual([
    `column 'unit': all training rows had the value "mm", so the model does not see the column; 2 rows have another (first: row 2, "inch")`,
    `column 'spare': no training row had a value, so the model does not see the column; 1 row has one (first: row 4, "new")`,
  ]);
});

test('a limit ends the reading, and later rows are not counted', async () => {
  const notes: string[] = [];
  const later = 'size,colour,ok,extra\n1,red,yes,\n2,red,yes,\n3,red,no,\n';
  const found = await rowsOf(later, { limit: 2, onNote: (note) => notes.push(note) });
  expect(found.names).toEqual(['1', '2']);
});
