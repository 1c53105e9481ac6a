import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCsv } from '../codecs/csv.ts';
import { csvRecords, separatorOf } from './csv-records.ts';
import { ByteReader } from './images/bytes.ts';

/** The records of a text that comes in pieces of so many bytes. */
async function recordsOf(text: string, size = 7): Promise<string[][]> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const records: string[][] = [];
  for await (const { fields } of csvRecords(new ByteReader(Readable.from(pieces), 't.csv'), 'CSV'))
    records.push(fields);
  return records;
}

describe('a record', () => {
  test.each<[string, string[]]>([
    ['a,b,,c', ['a', 'b', '', 'c']],
    ['"say ""x""",2', ['say "x"', '2']],
    ['"two\nlines",', ['two\nlines', '']],
    ['"two\r\nlines",é', ['two\nlines', 'é']],
    ['5" disk,1', ['5" disk', '1']],
  ])('%j is read', async (record, fields) => {
    expect(await recordsOf(record)).toEqual([fields]);
    expect(await recordsOf(`${record}\r\n`, 1)).toEqual([fields]);
  });

  test('with a quote that is not closed is refused', async () => {
    await expect(recordsOf('a,"b')).rejects.toThrow(/t\.csv, line 1: must close each quote/);
  });
});

test('the first lines say what separates fields', () => {
  expect(['1,2', '1;2;"a,b,c,d"', 'a\tb', 'one'].map(separatorOf)).toEqual([',', ';', '\t', ',']);
});

test('every text that hourglass writes is read again, its line breaks as those of Unix', async () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab ;,"\n\r\té') });
  const rows = fc.array(fc.array(text, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (texts, size) => {
      const named = texts.map(([first, second]) => ({ first: first!, second: second! }));
      const csv = encodeCsv(named, undefined, { raw: true });
      const expected = texts.map((row) => row.map((value) => value.replace(/\r\n?/g, '\n')));
      expect((await recordsOf(csv, size)).slice(1)).toEqual(expected);
    }),
    { seed: 5, numRuns: 300 },
  );
});
