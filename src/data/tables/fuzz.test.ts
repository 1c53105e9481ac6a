/** Damaged tables: each is read, or refused with an error that names it; nothing else. */
import { writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { encodeNpy } from '../../codecs/npy.ts';
import { encodeSafetensors } from '../../codecs/safetensors.ts';
import { HourglassError } from '../../errors.ts';
import { openTable } from './open.ts';
import { fileWith } from './testing.ts';

const CASES = 60;

const csv = `name,size,ok\n${Array.from({ length: 30 }, (_, i) => `"part ""${i % 3}""",${(i * 7) % 30}.5,${i % 2 ? 'yes' : 'no'}\n`).join('')}`;
const lines = Array.from(
  { length: 30 },
  (_, i) => `${JSON.stringify({ a: (i * 7) % 30, b: i % 2 === 0, c: null })}\n`,
).join('');
const rows = { shape: [20, 3], data: Float64Array.from({ length: 60 }, (_, i) => (i * i) % 17) };

const VALID: readonly (readonly [name: string, content: Uint8Array])[] = [
  ['t.csv', Buffer.from(csv)],
  ['t.tsv', Buffer.from(`\ufeff${csv.replaceAll(',', '\t')}`, 'utf16le')],
  ['t.jsonl', Buffer.from(lines)],
  ['t.npy', encodeNpy(rows)],
  ['t.npz', zipSync({ 'X.npy': encodeNpy(rows) })],
  ['t.safetensors', encodeSafetensors(new Map([['X', { dtype: 'F64' as const, ...rows }]]), {})],
];

/** Bytes that mean something in one of the formats. */
const TELLING = Buffer.from('",;\t\n\r\0{}[]:-eN1\u00ff', 'latin1');

test.each(VALID)('%s, damaged in many ways', { timeout: 60_000 }, async (name, content) => {
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const path = fileWith(name, content);
  let read = 0;
  for (let i = 0; i < CASES; i++) {
    let damaged = Buffer.from(content);
    for (let n = random(3); n >= 0; n--) {
      const at = random(damaged.length);
      const how = random(8);
      if (how === 0) damaged = damaged.subarray(0, at + 1);
      if (how === 1) damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(random(at + 1))]);
      if (how > 1) damaged[at] = how > 4 ? TELLING[random(TELLING.length)]! : random(256);
    }
    writeFileSync(path, damaged);
    try {
      await openTable(path);
      read++;
    } catch (error) {
      expect(error).toBeInstanceOf(HourglassError);
      expect((error as Error).message).toContain(name);
      expect((error as Error).message).not.toContain('\n');
    }
  }
  expect(read).toBeLessThan(CASES);
});
