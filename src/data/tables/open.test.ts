import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tableEncodingSchema } from '../../tables/index.ts';
import { openSamples } from '../open.ts';
import { type OpenTableSettings, openTable } from './open.ts';
import { fileWith, folderWith } from './testing.ts';

/** n rows: id, size (0 to n − 1, mixed), colour, ok, kind. */
const tableOf = (n: number, cell: (i: number) => string = (i) => String((i * 7) % n)) =>
  `id,size,colour,ok,kind\n${Array.from({ length: n }, (_, i) => `${i + 1},${cell(i)},${['red', 'green', 'blue'][i % 3]},${i % 2 ? 'yes' : 'no'},${i % 10 === 0 ? 'odd' : 'good'}\n`).join('')}`;

const open = (csv: string, settings: OpenTableSettings = {}) => openTable(fileWith('t.csv', csv), settings);

async function valuesOf(source: {
  count: number;
  spec: { shape: readonly number[] };
  read(i: Uint32Array, into: Float32Array): Promise<void>;
}) {
  const width = source.spec.shape[0]!;
  const into = new Float32Array(source.count * width);
  await source.read(
    Uint32Array.from({ length: source.count }, (_, i) => i),
    into,
  );
  return Array.from({ length: source.count }, (_, i) => [...into.subarray(i * width, (i + 1) * width)]);
}

describe('a table as a data set', () => {
  test('types, one-hot, scaling by the training rows, raw values', async () => {
    const set = await open(tableOf(100), { label: 'kind' });
    const { encoding, about } = set.table!;
    expect(about).toMatch(
      /^3 columns as 6 values: 1 number \(standardised\), 1 boolean, 1 category \(one-hot\); label 'kind'; left out: 'id' \(row numbers\)$/,
    );
    expect(set.train.spec).toMatchObject({ kind: 'row', storage: 'float32', shape: [6] });
    expect(set.train.spec.columns).toEqual(
      ['size', 'colour=blue', 'colour=green', 'colour=red', 'colour=(other)', 'ok'].toSorted(
        (a, b) => set.train.spec.columns!.indexOf(a) - set.train.spec.columns!.indexOf(b),
      ),
    );
    const rows = await valuesOf(set.train as never);
    const mean = rows.reduce((sum, [size]) => sum + size!, 0) / rows.length;
    const deviation = Math.sqrt(rows.reduce((sum, [size]) => sum + (size! - mean) ** 2, 0) / rows.length);
    expect(encoding.offset[0]).toBeCloseTo(mean, 4);
    expect(encoding.scale[0]).toBeCloseTo(deviation, 4);
    expect(encoding.offset.slice(1)).toEqual([0, 0, 0, 0, 0]);
    expect(rows.every((row) => row.slice(1, 5).reduce((a, b) => a + b) === 1)).toBe(true);
    expect([set.train.count, set.validation!.count, set.test.count]).toEqual([78, 7, 15]);
    expect(tableEncodingSchema.parse(JSON.parse(JSON.stringify(encoding)))).toEqual(encoding);
  });

  test('the same file gives the same rows; another seed gives others', async () => {
    const [a, b] = [await open(tableOf(60)), await open(tableOf(60))];
    expect(a.test.names).toEqual(b.test.names);
    expect((await open(tableOf(60), { splitSeed: 2 })).test.names).not.toEqual(a.test.names);
  });

  test('only normal rows are trained on, the first of them; all others test', async () => {
    const set = await open(tableOf(100), {
      label: 'kind',
      normal: 'good',
      split: 'order',
      test: 0.5,
      validation: 'test',
    });
    expect(set.classes).toEqual(['good', 'odd']);
    expect([...set.train.labels]).toEqual(new Array(45).fill(0));
    expect([set.test.count, set.validation]).toEqual([55, null]);
    expect(set.train.names![0]).toBe('2');
    expect(Math.max(...set.train.names!.map(Number))).toBe(50);
    expect(set.table!.encoding.label).toEqual({ name: 'kind', normal: 'good' });
  });

  test('a table that does not fit the free memory is refused while it is read', async () => {
    await expect(openTable(fileWith('t.csv', tableOf(9000)), {}, { free: 500_000 })).rejects.toThrow(
      /t\.csv: must fit the memory while it is trained on, of which 0\.0 GB are free, got more than \d,\d+ rows of 5 columns; write its rows as NPY, which are read as a stream/,
    );
    expect((await openTable(fileWith('t.csv', tableOf(100)), {}, { free: 500_000 })).train.count).toBe(78);
  });

  test('a label by its name is said, and can be declined', async () => {
    const csv = tableOf(40).replace('kind', 'Class');
    const set = await open(csv);
    expect([set.classes, set.table!.notes[0]]).toEqual([
      ['good', 'odd'],
      expect.stringContaining("'Class' is taken for the label"),
    ]);
    expect((await open(csv, { label: 'none' })).classes).toEqual(['all']);
  });

  test('a split in time, and groups that stay together', async () => {
    const dated = `when,x,g\n${Array.from({ length: 60 }, (_, i) => `2026-01-${String(1 + ((i * 7) % 30)).padStart(2, '0')},${i * i},g${i % 6}\n`).join('')}`;
    const timed = await open(dated, { time: 'when' });
    const day = (name: string) => 1 + (((Number(name) - 1) * 7) % 30);
    expect(Math.min(...timed.test.names!.map(day))).toBeGreaterThanOrEqual(
      Math.max(...timed.validation!.names!.map(day)),
    );
    expect(Math.min(...timed.validation!.names!.map(day))).toBeGreaterThanOrEqual(
      Math.max(...timed.train.names!.map(day)),
    );
    const grouped = await open(dated, { group: 'g', ignore: 'when' });
    const groups = (names: readonly string[]) => new Set(names.map((name) => (Number(name) - 1) % 6));
    const [a, b, c] = [grouped.train, grouped.validation!, grouped.test].map(({ names }) => groups(names!));
    expect([...a!, ...b!, ...c!].toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('missing values by each policy', async () => {
    const csv = tableOf(40, (i) => (i % 5 === 0 ? '' : String(i)));
    await expect(open(csv)).rejects.toThrow(
      /t\.csv, row \d+, column 'size': must have a value, got none; correct it, or train with data\.missing=mean/,
    );
    const filled = await open(csv, { missing: 'mean' });
    expect(filled.table!.encoding.columns[0]).toMatchObject({ name: 'size', indicator: true });
    const rows = await valuesOf(filled.train as never);
    const marked = rows.filter((row) => row[1] === 1);
    expect(marked.length).toBeGreaterThan(0);
    expect(
      marked.every(
        (row) => row[0] === Math.fround((filled.table!.encoding.columns[0] as { mean: number }).mean),
      ),
    ).toBe(true);
    const dropped = await open(csv, { missing: 'drop' });
    expect(dropped.train.count + dropped.validation!.count + dropped.test.count).toBe(32);
    expect(dropped.table!.notes).toContain('8 of 40 rows are left out: a value is missing in them');
  });

  test('rare categories share a value; scalings', async () => {
    const csv = `c,x\n${Array.from({ length: 200 }, (_, i) => `c${i % 50},${i % 4}\n`).join('')}`;
    const set = await open(csv, { categories: 5, scaling: 'min-max' });
    expect(set.table!.encoding.columns[0]).toMatchObject({
      type: 'category',
      other: true,
      values: expect.toSatisfy((v: string[]) => v.length === 5),
    });
    expect([set.table!.encoding.offset.at(-1), set.table!.encoding.scale.at(-1)]).toEqual([0, 3]);
    const robust = await open(csv, { scaling: 'robust' });
    expect(robust.table!.encoding.offset.at(-1)).toBeCloseTo(1.5, 0);
  });

  test('a folder of files is one table, in any order of columns; train and test files are splits', async () => {
    const folder = folderWith({
      'a.csv': 'x,y2\n1,2\n3,4\n5,7\n7,3\n',
      'b.tsv': 'y2\tx\n8\t7\n10\t9\n2\t0\n',
      'notes.txt': 'not a table',
    });
    const set = await openSamples(folder);
    expect(set.train.count + set.validation!.count + set.test.count).toBe(7);
    expect([...set.train.names!, ...set.validation!.names!, ...set.test.names!].toSorted()).toEqual([
      'a.csv:1',
      'a.csv:2',
      'a.csv:3',
      'a.csv:4',
      'b.tsv:1',
      'b.tsv:2',
      'b.tsv:3',
    ]);
    const split = folderWith({ 'train.csv': 'x\n1\n3\n2\n8\n', 'test.csv': 'x\n5\n6\n' });
    expect((await openSamples(split)).test.names).toEqual(['test.csv:1', 'test.csv:2']);
    const wrong = folderWith({ 'a.csv': 'x,y\n1,2\n', 'b.csv': 'x,z\n1,2\n' });
    await expect(openSamples(wrong)).rejects.toThrow(/b\.csv: must have the columns of a\.csv, got no 'y'/);
  });
});

describe('refused', () => {
  const dates = `when,x\n${Array.from({ length: 30 }, (_, i) => `2026-01-${i + 1},${i * i}\n`).join('')}`;
  test.each<[string, string, OpenTableSettings, RegExp]>([
    [
      'a text among numbers',
      tableOf(40, (i) => (i === 20 ? 'abc' : String(i * i))),
      { split: 'order' },
      /t\.csv, row 21, column 'size': must be a number, like 30 of 31 training rows, got abc; correct it, .* data\.types\.size=category/,
    ],
    [
      'a text among numbers of a later row',
      tableOf(40, (i) => (i === 39 ? 'abc' : String(i * i))),
      { split: 'order' },
      /t\.csv, row 40, column 'size': must be a number, got abc/,
    ],
    [
      'dates',
      dates,
      {},
      /t\.csv, column 'when': must not be dates or times.*leave it out: data\.ignore=when; or divide the rows by it: data\.time=when/,
    ],
    [
      'two rows',
      'x\n1\n2\n',
      {},
      /must have enough rows for its splits: at least 2 to train on, 1 to validate and 1 to test, got 2 rows/,
    ],
    ['no rows', 'x,y\n', {}, /t\.csv: must have rows, got none/],
    [
      'a column of one value',
      'x\n1\n1\n1\n1\n1\n1\n1\n1\n',
      {},
      /must have a column whose values differ from row to row, got x \(constant\)/,
    ],
    [
      'an unknown column',
      tableOf(20),
      { label: 'kid' },
      /data\.label: must name a column of the table \(id, size, .*got kid; did you mean/,
    ],
    [
      'an unknown class',
      tableOf(20),
      { label: 'kind', normal: 'bad' },
      /data\.normal: must be a class of 'kind' \(good, odd\), got bad/,
    ],
    ['an infinite number', tableOf(20, (i) => (i === 3 ? 'inf' : String(i * i))), {}, /row 4, column 'size'/],
    [
      'too large a number',
      tableOf(20, (i) => (i === 3 ? '1e300' : String(i * i))),
      {},
      /column 'size': must be a number that single precision can hold, got 1e\+300/,
    ],
    [
      'two ways to divide',
      tableOf(20),
      { time: 'size', split: 'order' },
      /data\.time and data\.split=order: must not be set together/,
    ],
  ])('%s', async (_, csv, settings, message) => {
    await expect(open(csv, settings)).rejects.toThrow(message);
  });

  test('settings of images for a table, and the other way round', async () => {
    const csv = fileWith('t.csv', tableOf(20));
    await expect(openSamples(csv, { images: { size: 28 } })).rejects.toThrow(
      'data.size: is only for folders of images',
    );
    await expect(openSamples('mnist-10k', { table: { label: 'x' } })).rejects.toThrow(
      'data.label: is only for tables',
    );
    await expect(openSamples(join(csv, 'none'))).rejects.toThrow(/must be a folder of images/);
  });

  test('many columns are read', { timeout: 30_000 }, async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',');
    const row = (n: number) => Array.from({ length: 10_000 }, (_, i) => (i * n * 7) % 11).join(',');
    const set = await open(`${names}\n${[1, 2, 3, 4, 5, 6, 8, 9].map(row).join('\n')}\n`);
    expect(set.width).toBeGreaterThan(8_000);
  });
});

test('rows of other splits with another value in a column that is constant in training are said', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${(i * 7) % 60},${i === 59 ? 'inch' : 'mm'}\n`);
  const { table } = await openTable(fileWith('t.csv', `size,unit\n${rows.join('')}`), { split: 'order' });
  expect(table!.notes).toEqual([
    `column 'unit': all training rows had the value "mm", so the model does not see the column; 1 row has another (first: row 60, "inch")`,
  ]);
  expect(table!.encoding.leftOut).toEqual([{ name: 'unit', why: 'constant', value: 'mm' }]);
});
