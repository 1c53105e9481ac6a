import { describe, expect, test } from 'vitest';
import { columnsOf, table, wrap } from './table.ts';

const ROWS = [
  ['run', 'status', 'what is said of it'],
  ['stacked-20261121-153000', 'finished', 'a note of many words that is longer than any line may be'],
  ['猫の写真', 'stopped', ''],
  ['a-name-without-any-space-in-it-'.repeat(4), 'failed', 'short'],
];

describe('a table', () => {
  test('fits a terminal of any width that has room for its columns, and loses nothing', () => {
    for (const width of [200, 120, 80, 60, 40, 25]) {
      const lines = table(ROWS, { width });
      expect(Math.max(...lines.map(columnsOf)), String(width)).toBeLessThanOrEqual(width);
      const text = lines.join('').replace(/\s/g, '');
      for (const cell of ROWS.flat()) {
        for (const character of cell.replace(/\s/g, '')) expect(text).toContain(character);
      }
      expect(text.length).toBe(ROWS.flat().join('').replace(/\s/g, '').length);
    }
  });

  test('has a line a row where nothing limits it, in columns that are as wide as they look', () => {
    const lines = table(ROWS);
    expect(lines).toHaveLength(ROWS.length);
    const at = lines.map((line, i) => columnsOf(line.slice(0, line.indexOf(ROWS[i]![1]!))));
    expect(new Set(at).size).toBe(1);
  });

  test('shows its head as asked, all lines of it', () => {
    const lines = table(
      [
        ['one two three', 'x'],
        ['1', '2'],
      ],
      { width: 10, head: (line) => `<${line}>` },
    );
    expect(lines.filter((line) => line.startsWith('<')).length).toBeGreaterThan(1);
  });
});

test('words are cut only where nothing else makes room', () => {
  const rows = [
    ['run', 'status', 'data', 'epochs', 'started (UTC)'],
    ['contractive', 'finished', 'mnist-10k', '1/1', '2026-11-27 19:38'],
  ];
  const lines = table(rows, { width: 52 }).join('\n');
  for (const word of ['contractive', 'finished', 'mnist-10k', '2026-11-27', '19:38'])
    expect(lines).toContain(word);
  const narrower = table(rows, { width: 49 }).join('\n');
  for (const word of ['contractive', 'finished', 'mnist-', '10k', '2026-11-27'])
    expect(narrower).toContain(word);
  expect(wrap('stacked-20261121-153000', 18)).toEqual(['stacked-', '20261121-153000']);
});

test('the width of text is that of a terminal', () => {
  const widths: [string, number][] = [
    ['cat', 3],
    ['猫', 2],
    ['ネコ', 4],
    ['고양이', 6],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['\u001b[31mred\u001b[39m', 3],
  ];
  for (const [text, width] of widths) expect(columnsOf(text), text).toBe(width);
});

test('words that fit stay whole', () => {
  expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
  expect(wrap('aaaaaaa', 3)).toEqual(['aaa', 'aaa', 'a']);
  expect(wrap('猫猫猫', 4)).toEqual(['猫猫', '猫']);
});
