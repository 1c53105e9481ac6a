import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvValue, encodeCsv, uninert } from './csv.ts';

/** A plain RFC 4180 reader, written apart from the encoder: rows of [text, was quoted]. */
function parse(csv: string): [string, boolean][][] {
  const rows: [string, boolean][][] = [];
  let at = 0;
  while (at < csv.length) {
    const row: [string, boolean][] = [];
    for (;;) {
      let text = '';
      const quoted = csv[at] === '"';
      if (quoted) {
        for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) text += csv[csv[at] === '"' ? ++at : at];
        at++;
      } else while (csv[at] !== ',' && csv[at] !== '\n') text += csv[at++];
      row.push([text, quoted]);
      if (csv[at++] === '\n') break;
    }
    rows.push(row);
  }
  return rows;
}

describe('csv', () => {
  test('quotes by RFC 4180', () => {
    const rows = [
      { epoch: 1, loss: 0.25, note: 'a, "b"', best: true },
      { epoch: 2, loss: null, note: '', extra: 'x\ny' },
    ];
    expect(encodeCsv(rows)).toBe('epoch,loss,note,best,extra\n1,0.25,"a, ""b""",true,\n2,,"",,"x\ny"\n');
    expect(encodeCsv(rows, ['loss', 'epoch'])).toBe('loss,epoch\n0.25,1\n,2\n');
    expect(encodeCsv([])).toBe('\n');
  });

  test('a reader gets every text and number back', () => {
    const value: fc.Arbitrary<CsvValue> = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab ,"\n\r;é') }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const tables = fc.array(fc.record({ a: value, 'b,"c"': value }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(tables, (rows) => {
        const [, ...parsed] = parse(encodeCsv(rows, ['a', 'b,"c"'], { raw: true }));
        const expected = rows.map((row) => [row.a, row['b,"c"']]);
        expect(parsed).toHaveLength(rows.length);
        for (const [index, cells] of parsed.entries()) {
          for (const [column, [text, quoted]] of cells.entries()) {
            const original = expected[index]![column]!;
            if (original === null) expect([text, quoted]).toEqual(['', false]);
            else if (typeof original === 'number') expect(Number(text)).toBe(original);
            else expect(text).toBe(String(original));
          }
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe('text that a spreadsheet would compute', () => {
  const FORMULAS = [
    '=1+1',
    '+cmd',
    '@SUM(A1)',
    '-2+3',
    '=HYPERLINK("x")',
    '\t=1',
    ' =1',
    '\uff1d1',
    '-x',
    '\rq',
  ];

  test('gets an apostrophe, in fields and in headings, and is read back without it', () => {
    for (const text of FORMULAS) {
      const [[head], [value]] = parse(encodeCsv([{ [text]: text }])) as [
        [[string, boolean]],
        [[string, boolean]],
      ];
      expect([head[0], value[0]]).toEqual([`'${text}`, `'${text}`]);
      expect(uninert(value[0])).toBe(text);
    }
  });

  test('stays as it is where it is raw, a number or plain', () => {
    for (const text of FORMULAS) expect(encodeCsv([{ a: text }], ['a'], { raw: true })).not.toContain("'");
    const plain = { a: -1.5, b: '-1.5', c: '+3e-7', d: "o'clock", e: 'a=b' };
    expect(encodeCsv([plain]).split('\n')[1]).toBe("-1.5,-1.5,+3e-7,o'clock,a=b");
    expect(uninert("'quoted'")).toBe("'quoted'");
  });
});
