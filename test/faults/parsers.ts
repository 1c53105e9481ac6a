/** Every parser of what comes from outside, with files it reads, and ways to spoil them. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decodeIdx, encodeIdx } from '../../src/codecs/idx.ts';
import { decodePng, encodePng } from '../../src/codecs/png.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/codecs/safetensors.ts';
import { gunzipBounded } from '../../src/data/gzip.ts';
import { tarFiles } from '../../src/data/stream/tar-index.ts';
import { tar } from '../../src/data/stream/testing.ts';
import { HourglassError } from '../../src/errors.ts';
import { loadRecipe } from '../../src/node/recipes.ts';
import { encodeModel, verifyModel } from '../../src/onnx/index.ts';
import { modelsOfEveryOperator } from '../reference/models.ts';
import type { Random } from '../reference/random.ts';

export interface Parser {
  name: string;
  /** Valid files, small: a change then hits something that matters. */
  valid: Uint8Array[];
  /** Reads, or throws an error that a user can act on. */
  parse: (bytes: Uint8Array, file: string) => void;
  /** A file spoilt in its own way; by default its bytes are. */
  spoil?: (random: Random) => Uint8Array;
}

const draw = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i * 37) & 255);

const idx = [
  encodeIdx({ shape: [3, 4, 5], data: draw(60) }),
  encodeIdx({ shape: [7], data: draw(7) }),
  encodeIdx({ shape: [1, 1, 1, 1], data: draw(1) }),
];

const folder = mkdtempSync(join(tmpdir(), 'hourglass-fuzz-'));

/** JSON that parses goes on as an object, which is faster; of what does not, some goes through a file. */
function parseRecipe(bytes: Uint8Array, file: string): void {
  const text = new TextDecoder().decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Goes through the file.
  }
  try {
    if (typeof value === 'object' && value !== null) loadRecipe(value);
    else {
      const path = join(folder, 'fuzzed.json');
      writeFileSync(path, bytes);
      loadRecipe(path);
    }
  } catch (error) {
    if (!(error instanceof HourglassError) || error.kind !== 'usage') throw error;
    // An object is named by what it is.
    throw new HourglassError('usage', { ...error.parts, subject: `${file}: ${error.parts.subject}` });
  }
}

/** Archives are read from disk, header by header; errors then name the path. */
function parseTar(bytes: Uint8Array, file: string): void {
  const path = join(folder, 'fuzzed.tar');
  writeFileSync(path, bytes);
  try {
    for (const { content } of tarFiles(path)) content();
  } catch (error) {
    if (!(error instanceof HourglassError)) throw error;
    throw new HourglassError(error.kind, { ...error.parts, subject: `${file}: ${error.parts.subject}` });
  }
}

const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    '',
    'x'.repeat(5000),
    [],
    {},
    -1,
    0,
    0.5,
    1e308,
    2 ** 53,
    -0,
    '1',
    'relu',
    'gaussian',
    [[[]]],
  ],
  ...[{ type: 'dense' }, { type: 'dense', units: 1e15 }, { type: 'flatten' }, { constructor: 1 }],
];

/** One to three values of a recipe replaced, taken out, renamed or put where others were. */
function spoilRecipe(random: Random): Uint8Array {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  if (random() < 0.1) return spoilBytes(RECIPES, random);
  const tree = JSON.parse(new TextDecoder().decode(pick(RECIPES)));
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    const [holder, key] = pick(placesOf(tree));
    const change = random();
    if (change < 0.5) holder[key] = structuredClone(pick(ODD));
    else if (change < 0.65) delete holder[key];
    else if (change < 0.8)
      holder[pick(['typo', '__proto__', 'type', 'weight', '0'])] = structuredClone(holder[key]);
    else {
      const [from, there] = pick(placesOf(tree));
      holder[key] = structuredClone(from[there]);
    }
  }
  return new TextEncoder().encode(JSON.stringify(tree));
}

type Holder = Record<string, unknown>;

function placesOf(holder: Holder): [Holder, string][] {
  return Object.entries(holder).flatMap(([key, value]) => [
    [holder, key] as [Holder, string],
    ...(typeof value === 'object' && value !== null ? placesOf(value as Holder) : []),
  ]);
}

const recipe = (name: string) => readFileSync(new URL(`../../recipes/${name}.json`, import.meta.url));

const RECIPES = ['vae', 'conv', 'contractive', 'stacked'].map(recipe);

export const PARSERS: readonly Parser[] = [
  { name: 'IDX', valid: idx, parse: decodeIdx },
  {
    name: 'IDX in gzip',
    valid: idx.map((bytes) => gzipSync(bytes)),
    parse: (bytes, file) => decodeIdx(gunzipBounded(bytes, file, 1 << 20), file),
  },
  {
    name: 'PNG',
    valid: ([1, 3] as const).map((channels) =>
      encodePng({ width: 5, height: 4, channels, data: draw(20 * channels) }),
    ),
    parse: decodePng,
  },
  {
    name: 'tar',
    valid: [
      tar([
        { name: 'a.png', content: draw(70) },
        { name: 'a.cls', content: draw(1) },
      ]),
      tar([
        { name: 'x', content: Buffer.from(`${'b/'.repeat(60)}1.png\0`), type: 'L' },
        { name: 'b', content: draw(3) },
        { name: 'x', content: Buffer.from('14 path=1.png\n'), type: 'x' },
        { name: 'c', content: draw(600) },
      ]),
    ],
    parse: parseTar,
  },
  {
    name: 'safetensors',
    valid: [
      encodeSafetensors(
        new Map([
          ['weight', { dtype: 'F32', shape: [2, 3], data: new Float32Array(6) }],
          ['bias', { dtype: 'F64', shape: [], data: new Float64Array(1) }],
          ['count', { dtype: 'I64', shape: [1], data: new BigInt64Array(1) }],
        ]),
        { position: '{"step":1}' },
      ),
      encodeSafetensors(new Map()),
    ],
    parse: decodeSafetensors,
  },
  {
    name: 'recipe',
    valid: RECIPES,
    parse: parseRecipe,
    spoil: spoilRecipe,
  },
  {
    name: 'ONNX',
    // BatchTopK is in trainings alone, which are never read.
    valid: modelsOfEveryOperator(3)
      .filter(({ text }) => !text.startsWith('BatchTopK'))
      .map(({ parts }) => encodeModel(parts))
      .filter(({ length }) => length < 4000),
    parse: verifyModel,
  },
];

const TOKENS = [
  ...['null', 'true', '-1', '0', '1e999', '1e-999', '99999999999999999999', '""', '[]', '{}', '"__proto__"'],
  ...[',', ':', '{', '}', '[', ']', '"', '\\u0000', '\ud800', '[[[[[[[[[[[[[[[['],
].map((text) => new TextEncoder().encode(text));

const WORDS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** One to six changes: bits, bytes, whole numbers at their limits, pieces cut, doubled, moved from another file. */
function spoilBytes(valid: readonly Uint8Array[], random: Random): Uint8Array {
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  let bytes = Buffer.from(pick(valid));
  for (let left = 1 + below(6); left > 0; left--) {
    const at = below(bytes.length + 1);
    const to = Math.min(bytes.length, at + below(random() < 0.8 ? 16 : bytes.length + 1));
    const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
    switch (below(9)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << below(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = below(256);
        break;
      case 2:
        if (at + 4 <= bytes.length) {
          if (random() < 0.5) bytes.writeUInt32LE(pick(WORDS), at);
          else bytes.writeUInt32BE(pick(WORDS), at);
        }
        break;
      case 3:
        bytes = Buffer.from(before);
        break;
      case 4:
        bytes = Buffer.concat([before, after]);
        break;
      case 5:
        bytes = Buffer.concat([before, piece, piece, after]);
        break;
      case 6:
        bytes = Buffer.concat([before, pick(TOKENS), random() < 0.5 ? piece : Buffer.alloc(0), after]);
        break;
      case 7: {
        const other = pick(valid);
        const from = below(other.length);
        bytes = Buffer.concat([before, other.subarray(from, from + below(64)), after]);
        break;
      }
      case 8:
        // A varint of any length, as protobuf's lengths are.
        bytes = Buffer.concat([before, Buffer.alloc(below(10), 0xff), Buffer.of(below(128)), after]);
        break;
    }
  }
  return bytes;
}

export interface Tally {
  cases: number;
  read: number;
  refused: number;
  /** Milliseconds of the slowest case. */
  slowest: number;
  /** Neither read nor refused by an error that names file and rule. */
  failures: string[];
}

/** Gives a parser spoilt files. */
export function fuzz(parser: Parser, cases: number, random: Random): Tally {
  const tally: Tally = { cases, read: 0, refused: 0, slowest: 0, failures: [] };
  const file = 'fuzzed.file';
  for (let n = 0; n < cases && tally.failures.length < 5; n++) {
    const bytes = parser.spoil?.(random) ?? spoilBytes(parser.valid, random);
    const began = performance.now();
    try {
      parser.parse(bytes, file);
      tally.read++;
    } catch (error) {
      if (error instanceof HourglassError && error.parts.subject.includes(file) && error.parts.rule !== '')
        tally.refused++;
      else
        tally.failures.push(
          `${parser.name}, ${Buffer.from(bytes).toString('base64').slice(0, 2000)}: ${(error as Error)?.stack ?? error}`,
        );
    }
    tally.slowest = Math.max(tally.slowest, performance.now() - began);
  }
  return tally;
}
