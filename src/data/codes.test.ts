import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeNpy } from '../codecs/npy.ts';
import { openCodes } from './codes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-codes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array, units = 2, batch = 2) {
  const file = join(folder, 'codes');
  await writeFile(file, content);
  const [names, codes, sizes]: [string[], number[], number[]] = [[], [], []];
  for await (const each of openCodes(file, units, { batch })) {
    names.push(...each.names.map((name) => name.replace(`${folder}/`, '')));
    codes.push(...each.codes);
    sizes.push(each.names.length);
  }
  return { names, codes, sizes };
}

const VALUES = [1, 2, 3, 4, 5, -6.5];

test.each([
  ['float32', encodeNpy({ shape: [3, 2], data: Float32Array.from(VALUES) })],
  ['float64, of more dimensions', encodeNpy({ shape: [3, 1, 2], data: Float64Array.from(VALUES) })],
  ['a CSV without a heading', '1,2\n3,4\n\n5,-6.5'],
])('%s: in batches, named by their places', async (_, content) => {
  expect(await read(content)).toEqual({
    names: ['codes[0]', 'codes[1]', 'codes[2]'],
    codes: VALUES,
    sizes: [2, 1],
  });
});

test('of a CSV with a heading the columns of the code, in their order, and names that are quoted', async () => {
  const table = 'name,z2,class,z1\n"a, ""b""",2,x,1\r\nc,4,"",3\n';
  expect(await read(table)).toMatchObject({ names: ['a, "b"', 'c'], codes: [1, 2, 3, 4] });
});

test('of a CSV from elsewhere: semicolons, a byte order mark, names of several lines', async () => {
  const table = '\ufeffname;z1;z2\r\n"two\r\nlines; one name";1;2\r\nplain, with a comma;3;4';
  expect(await read(table)).toMatchObject({
    names: ['two\nlines; one name', 'plain, with a comma'],
    codes: [1, 2, 3, 4],
  });
});

test('a single code needs no second dimension', async () => {
  const content = encodeNpy({ shape: [2], data: Float32Array.of(7, 8) });
  expect(await read(content)).toMatchObject({ codes: [7, 8], sizes: [1] });
});

test.each<[string, string | Uint8Array, RegExp]>([
  [
    'codes of another size',
    encodeNpy({ shape: [3, 3], data: new Float32Array(9) }),
    /float32 or float64 \[n, 2\]/,
  ],
  ['numbers that are none', 'name,z1,z2\na,1,x', /codes, a: must have only finite numbers, got NaN/],
  [
    'a picture',
    Uint8Array.of(0x89, 0x50, 0),
    /must be codes as NPY, CSV, JSON lines or Parquet, got something else/,
  ],
  ['bytes', encodeNpy({ shape: [2, 2], data: new Uint8Array(4) }), /got u1/],
  [
    'a truncated file',
    encodeNpy({ shape: [2, 2], data: new Float32Array(4) }).slice(0, -1),
    /must not be cut off/,
  ],
  ['a heading without its units', 'name,z1,z3\na,1,2\n', /columns z1 to z2/],
  ['a heading with more units', 'z1,z2,z3\n1,2,3\n', /columns z1 to z2/],
  ['a row too short', '1,2\n3\n', /line 2: must hold 2 numbers/],
  ['words', 'z1,z2\n1,two\n', /must have only finite numbers/],
  ['an empty field', '1,\n', /must have the columns|finite/],
  ['a quote that is not closed', 'name,z1,z2\na,1,2\n"b,3,4\nc,5,6\n', /line 3: must close each quote/],
  [
    'a quote that is not closed, far from the end',
    `name,z1,z2\n"a,1,2\n${'b,3,4\n'.repeat(500)}`,
    /line 2: must close each quote/,
  ],
  ['nothing', '', /must hold at least one code/],
])('%s: refused', async (_, content, message) => {
  await expect(read(content)).rejects.toThrow(message);
});

describe('whole numbers of a quantised code', () => {
  const integersOf = async (content: string | Uint8Array, integers?: readonly number[]) => {
    const file = join(folder, 'integers');
    await writeFile(file, content);
    const found: { isIntegers: boolean; codes: number[] }[] = [];
    const options = { batch: 10, ...(integers === undefined ? {} : { integers }) };
    for await (const { isIntegers, codes } of openCodes(file, 6, options))
      found.push({ isIntegers, codes: [...codes] });
    return found;
  };
  const npy = (descr: string, shape: string, bytes: Uint8Array) => {
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
    const head = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
    return Buffer.concat([head, Buffer.from(`${text}\n`, 'latin1'), bytes]);
  };
  const numbers = [3, 300, 0, 7];
  const bytes = <T extends { buffer: ArrayBufferLike }>(values: T) => new Uint8Array(values.buffer);

  test.each([
    ['uint16', npy('<u2', '2, 2', bytes(Uint16Array.from(numbers)))],
    ['int64', npy('<i8', '2, 2', bytes(BigInt64Array.from(numbers.map(BigInt))))],
    [
      'big-endian int32',
      npy('>i4', '2, 2', Uint8Array.from(numbers.flatMap((x) => [0, 0, x >> 8, x & 255]))),
    ],
    ['a CSV with i1, i2', 'name,i1,i2\na,3,300\nb,0,7'],
  ])('%s is read as such', async (_, content) => {
    expect(await integersOf(content, [2])).toEqual([{ isIntegers: true, codes: numbers }]);
  });

  test('are refused for other models, and in other shapes', async () => {
    const content = npy('|u1', '2, 2', Uint8Array.from([1, 2, 3, 4]));
    await expect(integersOf(content)).rejects.toThrow(/must hold codes: float32 or float64 \[n, 6\].*u1/);
    await expect(integersOf(content, [3])).rejects.toThrow(/or integers \[n, 3\].*u1 \[2, 2\]/);
    await expect(integersOf('i1,i2\n1,2', [3])).rejects.toThrow(/z1 to z6 or i1 to i3/);
  });
});

describe('records', () => {
  const lines = (...records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
  async function readAll(content: string | Uint8Array, units: number, integers?: readonly number[]) {
    const file = join(folder, 'records');
    await writeFile(file, content);
    const found: { names: string[]; codes: number[]; isIntegers: boolean }[] = [];
    for await (const { names, codes, isIntegers } of openCodes(file, units, {
      batch: 2,
      ...(integers === undefined ? {} : { integers }),
    }))
      found.push({ names, codes: [...codes], isIntegers });
    return found;
  }

  test('JSON lines: codes, whole numbers, and units that are not 0', async () => {
    const codes = lines(
      { name: 'a', class: null, code: [1, 2] },
      { code: [3, -4.5] },
      { name: 'c', code: [5, 6] },
    );
    const name = `${join(folder, 'records')}[1]`;
    expect(await readAll(codes, 2)).toEqual([
      { names: ['a', name], codes: [1, 2, 3, -4.5], isIntegers: false },
      { names: ['c'], codes: [5, 6], isIntegers: false },
    ]);
    const integers = lines({ name: 'a', integers: [7, 0, 9] });
    expect(await readAll(integers, 12, [3])).toEqual([{ names: ['a'], codes: [7, 0, 9], isIntegers: true }]);
    const sparse = lines(
      { name: 'a', units: [3, 0], values: [0.5, 2] },
      { name: 'b', units: [], values: [] },
    );
    expect(await readAll(sparse, 4)).toEqual([
      { names: ['a', 'b'], codes: [2, 0, 0, 0.5, 0, 0, 0, 0], isIntegers: false },
    ]);
  });

  test.each([
    ['{"code":[1]}', /line 1, code: must be a list of 2 numbers, got 1/],
    ['{"code":[1,"x"]}', /line 1, code: must be a list of 2 numbers, got \[1,"x"\]/],
    ['{"integers":[1,2]}', /line 1: must hold the codes of this model, which are no whole numbers/],
    ['{"units":[2],"values":[1]}', /line 1, units: must be whole numbers from 0 to 1, got 2/],
    ['{"units":[1],"values":[]}', /line 1, values: must be a list of 1 numbers, got 0/],
    ['{"code":[1,2]}\n{"code":[1,2]', /line 2: must be a line of JSON/],
    ['{"mean":[1,2]}', /must have 'code', 'integers', or 'units' and 'values'/],
  ])('refuses %s', async (content, message) => {
    await expect(readAll(content, 2)).rejects.toThrow(message);
  });

  test.each([
    ['codes', [1, 2, 3, -4.5], undefined, Float32Array],
    ['integers', [7, 0, 9, 255], [2], Uint8Array],
  ] as const)('Parquet, as encode writes %s', async (kind, values, integers, Values) => {
    const { openSink } = await import('../outputs/index.ts');
    const path = join(folder, `${kind}.parquet`);
    const about = { kind, shape: [2], title: '', subtitle: '', light: false };
    const type = integers === undefined ? {} : { type: 'u1' as const };
    const sink = await openSink({ format: 'parquet', path, force: false }, { ...about, ...type });
    await sink.write({
      names: ['a', 'b'],
      classes: ['x', null],
      values: Values.from(values) as Float32Array,
    });
    await sink.finish();
    const found = await readAll(await readFile(path), 2, integers);
    expect(found).toEqual([{ names: ['a', 'b'], codes: [...values], isIntegers: kind === 'integers' }]);
    await expect(readAll(await readFile(path), 3, [3])).rejects.toThrow(
      /must have lists of 3 numbers, got 2/,
    );
  });
});
