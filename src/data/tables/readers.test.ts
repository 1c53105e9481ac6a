import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { encodeNpy } from '../../codecs/npy.ts';
import { encodeSafetensors } from '../../codecs/safetensors.ts';
import type { Cell } from '../../tables/index.ts';
import { openTableFile } from './file.ts';
import type { ReadSettings } from './reader.ts';
import { fileWith } from './testing.ts';

async function read(name: string, content: string | Uint8Array, settings: ReadSettings = {}) {
  const path = fileWith(name, content);
  const table = await openTableFile(path, name, settings);
  const rows: Cell[][] = [];
  let names: readonly string[] = [];
  try {
    for await (const group of table.groups) {
      names = group.names;
      rows.push(...group.rows);
    }
  } finally {
    await table.close();
  }
  return { about: table.about, names, rows };
}

const utf16 = (text: string, bom = '\ufeff') => Buffer.from(bom + text, 'utf16le');

describe('CSV', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['commas', 'a,b\n1,x\n,"y, z"\n', 'CSV with commas, names in the first line'],
    ['tabs, line breaks of Windows', 'a\tb\r\n1\tx\r\n\t"y, z"\r\n', 'TSV, names in the first line'],
    [
      'semicolons, several kinds of line breaks',
      'a;b\r1;x\r\n;y, z\n\n',
      'CSV with semicolons, names in the first line',
    ],
    [
      'bars, spaces, a byte order mark',
      '\ufeffa | b\n 1 |x\n NA|"y, z" \n',
      'CSV with bars, names in the first line',
    ],
    ['UTF-16', utf16('a,b\n1,x\n?,"y, z"'), 'CSV with commas, names in the first line'],
    ['gzip', gzipSync('a,b\n1,x\nnan,"y, z"\n'), 'CSV with commas, names in the first line'],
  ])('%s', async (_, content, about) => {
    expect(await read('t.csv', content)).toEqual({
      about,
      names: ['a', 'b'],
      rows: [
        [1, 'x'],
        [null, 'y, z'],
      ],
    });
  });

  test('without names; a heading may be said', async () => {
    expect(await read('t.csv', '1,2\n3,4\n')).toMatchObject({
      names: ['x1', 'x2'],
      rows: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(await read('t.csv', '1,2\n3,4\n', { header: true })).toMatchObject({
      names: ['1', '2'],
      rows: [[3, 4]],
    });
    expect(await read('t.csv', 'name,2019\nx,5\n')).toMatchObject({ names: ['x1', 'x2'] });
    expect(await read('t.csv', 'id,2019\n1,5\n')).toMatchObject({ names: ['id', '2019'], rows: [[1, 5]] });
  });

  test('a decimal comma is read where semicolons separate fields', async () => {
    expect((await read('t.csv', 'a;b\n1,5;-2\n0,25;1e3\n')).rows).toEqual([
      [1.5, -2],
      [0.25, 1000],
    ]);
  });

  test('quotes, doubled quotes and line breaks in fields, across the pieces of a file', async () => {
    const field = `${'x'.repeat(300_000)}\n"`;
    const { rows } = await read('t.csv', `a,b\n"${field.replaceAll('"', '""')}",1\n" ",2\n`);
    expect(rows).toEqual([
      [field.trim(), 1],
      [null, 2],
    ]);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    [
      'a quote that is not closed',
      `a,b\n1,"x\n${'2,y\n'.repeat(1000)}`,
      /^t\.csv, line 2: must close each quote/,
    ],
    [
      'a quote that is not closed in a short file',
      'a,b\n1,x\n1,"x\n2,y\n',
      /^t\.csv, line 3: must close each quote/,
    ],
    ['a quote within quotes', 'a,b\n1,2\n1,"x"y"\n2,3\n', /^t\.csv, line 3: must double each quote/],
    [
      'another number of fields',
      'a,b\n1,2\n"x\ny",2\n1,2,3\n',
      /^t\.csv, line 5: must have 2 fields, like the first line, got 3;/,
    ],
    ['too few fields', 'a,b\n1,2\n1\n', /^t\.csv, line 3: must have 2 fields, .* got 1; leave fields empty/],
    ['NUL bytes', 'a,b\n1,\0\n', /^t\.csv: must be a table as CSV, .*, got something else$/],
    ['UTF-16 without a mark', utf16('a,b\n1,2\n', ''), /it looks like UTF-16: save it as UTF-8/],
    ['Latin 1', Buffer.from('a,b\n1,é\n', 'latin1'), /got text that is not UTF-8; save it as UTF-8/],
    [
      'a name twice',
      'a,b,a\n1,2,3\n',
      /must have a different name for each column, got 'a' for columns 1 and 3/,
    ],
    ['nothing', '', /must have rows, got an empty file/],
    ['too many columns', `${'a,'.repeat(70_000)}a\n`, /must have at most 65,536 columns, got 70001/],
  ])('%s is refused', async (_, content, message) => {
    await expect(read('t.csv', content)).rejects.toThrow(message);
  });

  test('a line without an end is refused before it is in memory', async () => {
    const { Readable } = await import('node:stream');
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (; ; read++) yield Buffer.from('1,'.repeat(50_000));
      })(),
    );
    const open = openTableFile('-', 'standard input', { stdin: endless });
    await expect(open).rejects.toThrow(
      'standard input, line 1: must have records of at most 20 million characters',
    );
    expect(read).toBeLessThan(1000);
  });
});

describe('JSON lines', () => {
  test('objects, whose columns may come later; lists', async () => {
    const text = '{"a": 1, "b": "x"}\n\n{"b": true, "c": null}\n{"c": 2.5, "a": "NA"}\n';
    expect(await read('t.jsonl', text)).toEqual({
      about: 'JSON lines',
      names: ['a', 'b', 'c'],
      rows: [
        [1, 'x'],
        [null, 'true', null],
        ['NA', null, 2.5],
      ],
    });
    expect(await read('t.jsonl', '[1, "x"]\n[2, null]')).toMatchObject({
      names: ['x1', 'x2'],
      rows: [
        [1, 'x'],
        [2, null],
      ],
    });
  });

  test.each<[string, RegExp]>([
    ['{"a": 1}\n{"a": 1,}\n', /^t\.jsonl, line 2: must be a line of JSON/],
    ['[\n{"a": 1}\n]', /one list of objects, make a line of each: jq -c/],
    [
      '{"a": {"b": 1}}',
      /^t\.jsonl, line 1, column 'a': must be a number, a text, true, false or null, got {"b":1}/,
    ],
    ['{"a": 1}\n[1]', /line 2: must be a JSON object/],
    ['{"a": 1}\n7', /line 2: must be a JSON object/],
  ])('%s is refused', async (text, message) => {
    await expect(read('t.jsonl', text)).rejects.toThrow(message);
  });
});

describe('arrays', () => {
  const f8 = (shape: number[], ...data: number[]) => encodeNpy({ shape, data: Float64Array.from(data) });

  test('NPY: rows, or one column; NaN is a missing value, infinity none', async () => {
    expect(await read('t.npy', f8([2, 2], 1, 2, Number.NaN, Infinity))).toEqual({
      about: 'NPY f8',
      names: ['x1', 'x2'],
      rows: [
        [1, 2],
        [null, 'Infinity'],
      ],
    });
    expect((await read('t.npy', f8([3], 1, 2, 3))).rows).toEqual([[1], [2], [3]]);
  });

  test('NPY of whole numbers of 64 bits, big-endian, in Fortran order', async () => {
    const header = "{'descr': '>i8', 'fortran_order': True, 'shape': (2, 2), }".padEnd(117);
    const bytes = new Uint8Array(128 + 32);
    bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
    bytes.set(Buffer.from(`${header}\n`), 10);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of [1n, -3n, 2n, 2n ** 40n].entries()) view.setBigInt64(128 + 8 * i, value);
    expect((await read('t.npy', bytes)).rows).toEqual([
      [1, 2],
      [-3, 2 ** 40],
    ]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['cut off', f8([2, 2], 1, 2, 3, 4).subarray(0, 150), /must not be cut off/],
    [
      'too long',
      Buffer.concat([f8([1, 2], 1, 2), Buffer.alloc(8)]),
      /must have the length that its dimensions give/,
    ],
    [
      'of three dimensions',
      f8([1, 2, 1], 1, 2),
      /must be \[rows, columns\] or \[rows\], got \[1, 2, 1\]; in Python: array.reshape/,
    ],
  ])('NPY that is %s is refused', async (_, bytes, message) => {
    await expect(read('t.npy', bytes)).rejects.toThrow(message);
  });

  test('NPZ and safetensors: the array of rows, and arrays with a number for each row', async () => {
    const npz = zipSync({
      'X.npy': f8([2, 2], 1, 2, 3, 4),
      'y.npy': f8([2], 0, 1),
      'note.txt': Buffer.from('x'),
    });
    const expected = {
      names: ['x1', 'x2', 'y'],
      rows: [
        [1, 2, 0],
        [3, 4, 1],
      ],
    };
    expect(await read('t.npz', npz)).toMatchObject(expected);
    const data = Float32Array.of(1, 2, 3, 4);
    const safe = encodeSafetensors(
      new Map([
        ['X', { dtype: 'F32' as const, shape: [2, 2], data }],
        ['y', { dtype: 'I64' as const, shape: [2], data: BigInt64Array.of(0n, 1n) }],
      ]),
      {},
    );
    expect(await read('t.safetensors', safe)).toMatchObject(expected);
    const two = zipSync({ 'a.npy': f8([1, 2], 1, 2), 'b.npy': f8([1, 2], 3, 4) });
    await expect(read('t.npz', two)).rejects.toThrow(
      'must have one array of rows, [rows, columns], got a [1, 2], b [1, 2]; name it: data.array=<name>',
    );
    expect((await read('t.npz', two, { array: 'b' })).rows).toEqual([[3, 4]]);
    await expect(read('t.npz', npz.subarray(0, 100))).rejects.toThrow('must be an undamaged NPZ file');
  });
});

describe('safetensors', () => {
  /** A file whose one array has a type that no typed array has. */
  const file = (dtype: string, shape: number[], data: Uint8Array, more = '') => {
    const header = Buffer.from(
      `{"acts":${JSON.stringify({ dtype, shape, data_offsets: [0, data.length] })}${more}}`,
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, header, data]);
  };
  const halves = (...bits: number[]) => new Uint8Array(Uint16Array.from(bits).buffer);

  test('floats of 16 bits, row by row', async () => {
    // 1, -2 and 0.5, infinity in half precision; 1, -2 and 0.5, 256 in bfloat16.
    const half = file('F16', [2, 2], halves(0x3c00, 0xc000, 0x3800, 0x7c00));
    expect(await read('t.safetensors', half)).toEqual({
      about: "safetensors F16, array 'acts'",
      names: ['x1', 'x2'],
      rows: [
        [1, -2],
        [0.5, 'Infinity'],
      ],
    });
    const brain = file('BF16', [2, 2], halves(0x3f80, 0xc000, 0x3f00, 0x4380));
    expect((await read('t.safetensors', brain)).rows).toEqual([
      [1, -2],
      [0.5, 256],
    ]);
    expect((await read('t.safetensors', gzipSync(brain))).rows).toHaveLength(2);
  });

  test('files that end early or late, and types that are no numbers', async () => {
    const whole = file('F16', [2, 2], halves(1, 2, 3, 4));
    await expect(read('t.safetensors', whole.subarray(0, -1))).rejects.toThrow(/must not be cut off/);
    await expect(read('t.safetensors', whole.subarray(0, 20))).rejects.toThrow(/must not be cut off/);
    await expect(read('t.safetensors', Buffer.concat([whole, Buffer.alloc(1)]))).rejects.toThrow(
      /must end with its last tensor/,
    );
    await expect(read('t.safetensors', file('F8_E4M3', [4, 2], halves(1, 2, 3, 4)))).rejects.toThrow(
      /must be of type F64, F32, F16, BF16/,
    );
    await expect(read('t.safetensors', file('F16', [2, 3], halves(1, 2, 3, 4)))).rejects.toThrow(
      /must span 12 bytes for F16/,
    );
  });
});

describe('Parquet', () => {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'a', data: Float64Array.of(1, 2.5, 3), type: 'DOUBLE' },
        { name: 'b', data: ['x', null, 'z'], type: 'STRING' },
        { name: 'c', data: [1n, -2n, 3n], type: 'INT64' },
        { name: 'd', data: [true, false, null], type: 'BOOLEAN' },
        { name: 'e', data: Array.from({ length: 3 }, () => new Date(0)), type: 'TIMESTAMP' },
      ],
      rowGroupSize: 2,
    }),
  );
  const time = '1970-01-01T00:00:00.000Z';

  test('several groups of rows', async () => {
    expect(await read('t.parquet', bytes)).toEqual({
      about: 'Parquet',
      names: ['a', 'b', 'c', 'd', 'e'],
      rows: [
        [1, 'x', 1, 'true', time],
        [2.5, null, -2, 'false', time],
        [3, 'z', 3, null, time],
      ],
    });
  });

  test('a column of lists is the array of rows, and others are further columns', async () => {
    const lists = (names: string[], more: Parameters<typeof parquetWriteBuffer>[0]['schema'] = []) => [
      { name: 'root', num_children: names.length + more.length },
      ...names.flatMap((name) => [
        { name, num_children: 1, repetition_type: 'OPTIONAL' as const, converted_type: 'LIST' as const },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' as const },
        { name: 'element', type: 'FLOAT' as const, repetition_type: 'OPTIONAL' as const },
      ]),
      ...more,
    ];
    const write = (columns: Record<string, unknown[]>, schema: ReturnType<typeof lists>) => {
      const columnData = Object.entries(columns).map(([name, data]) => ({ name, data }));
      return new Uint8Array(parquetWriteBuffer({ columnData, schema, rowGroupSize: 2 }));
    };
    const acts = [
      [1, 2.5],
      [3, 4],
      [5, 6],
    ];
    const text = { name: 'label', type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const };
    const bytes = write(
      { acts, label: ['a', 'b', 'a'] },
      lists(['acts'], [{ ...text, repetition_type: 'REQUIRED' }]),
    );
    expect(await read('t.parquet', bytes)).toEqual({
      about: "Parquet, lists 'acts'",
      names: ['x1', 'x2', 'label'],
      rows: [
        [1, 2.5, 'a'],
        [3, 4, 'b'],
        [5, 6, 'a'],
      ],
    });
    const two = write({ acts, more: [[1], [2], [3]] }, lists(['acts', 'more']));
    await expect(read('t.parquet', two)).rejects.toThrow(
      't.parquet: must have one column of lists, got acts, more; name it: data.array=<column>',
    );
    expect(await read('t.parquet', two, { array: 'more' })).toMatchObject({
      names: ['x1'],
      rows: [[1], [2], [3]],
    });
    await expect(read('t.parquet', two, { array: 'none' })).rejects.toThrow(
      /must have a column 'none' of lists/,
    );
    const ragged = write({ acts: [[1, 2], [3]] }, lists(['acts']));
    await expect(read('t.parquet', ragged)).rejects.toThrow(
      "t.parquet, row 2, column 'acts': must be a list of 2 numbers, as in the first row, got 1",
    );
  });

  test('a footer that lies, and a file that is cut off, are refused', async () => {
    await expect(read('t.parquet', bytes.subarray(0, -5))).rejects.toThrow("must end with Parquet's PAR1");
    const lying = bytes.slice();
    new DataView(lying.buffer).setUint32(lying.length - 8, 2 ** 31, true);
    await expect(read('t.parquet', lying)).rejects.toThrow('must have a footer that fits it');
    await expect(
      read('t.parquet', Buffer.concat([bytes.subarray(0, 4), bytes.subarray(200)])),
    ).rejects.toThrow(/^t\.parquet.*must/);
  });
});
