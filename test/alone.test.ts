/**
 * 'hourglass/use' as it is shipped: it does on Node, without a native library, what 'hourglass' does, and it is small. In a
 * browser: test/web/use.browser.test.ts. Installed, on other runtimes: test/install/alone.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as hourglass from '../src/index.ts';
import type * as Alone from '../src/web/use.ts';
import { IMAGE, writeModelFolder } from './support/models.ts';

const BROWSER = fileURLToPath(new URL('../dist/browser/', import.meta.url));
const alone = (await import(pathToFileURL(`${BROWSER}use.js`).href)) as typeof Alone;

const SIZE = IMAGE.channels * IMAGE.height * IMAGE.width;
const images = Uint8Array.from({ length: 3 * SIZE }, (_, i) => (i * 37) % 256);
const floats = Float32Array.from(images, (byte) => byte / 255);

let folder: string;
/** A denoiser with statistics, and a variational model without them. */
let [denoiser, variational] = ['', ''];

function statistics(): object {
  const ramp = Array.from({ length: 1001 }, (_, i) => i / 1000);
  const scores = { definition: 'mean squared error', mean: 0.5, std: 0.1, quantiles: ramp };
  const covariance = [[1], [0.5, 1], [0.1, 0, 1], [0, 0, 0, 0], [0.2, 0.1, 0, 0, 1]];
  const row = (value: number) => Array.from({ length: 5 }, () => value);
  return {
    ...{ format: 'hourglass-statistics', version: 1, recipe: 'dense', dataset: 'colours', codeUnits: 5 },
    scores: { ...scores, split: 'test', note: 'held out', images: 200 },
    codes: {
      split: 'train',
      images: 200,
      mean: row(0.1),
      std: row(1),
      min: row(-2),
      max: row(2),
      covariance,
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-alone-'));
  denoiser = await writeModelFolder(join(folder, 'run/model'), 'dense', 1, {
    corruption: { type: 'gaussian', sigma: 0.3 },
  });
  await writeFile(join(denoiser, 'statistics.json'), JSON.stringify(statistics()));
  variational = await writeModelFolder(join(folder, 'variational'), 'variational');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Numbers to a few digits: the two builds of ONNX Runtime sum in different orders. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(4)) + 0;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as number[], rounded);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]));
}

type Uses = Pick<
  typeof hourglass,
  'addNoise' | 'anomaly' | 'denoise' | 'interpolate' | 'manifold' | 'sample'
>;
type Use = (uses: Uses, model: hourglass.Model) => Promise<unknown>;

const USES: readonly [string, 'denoiser' | 'variational', Use][] = [
  ['encode', 'denoiser', (_, model) => model.encode(images)],
  ['encode, of floats', 'variational', (_, model) => model.encode(floats)],
  ['decode', 'denoiser', (_, model) => model.decode(Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5))],
  ['reconstruct', 'variational', (_, model) => model.reconstruct(images)],
  ['denoise', 'denoiser', ({ denoise }, model) => denoise(model, images)],
  ['addNoise', 'denoiser', ({ addNoise }, model) => addNoise(model, images, { seed: 3, firstRow: 2 })],
  ['anomaly', 'denoiser', ({ anomaly }, model) => anomaly(model, images)],
  [
    'anomaly, by the largest error',
    'variational',
    ({ anomaly }, model) => anomaly(model, images, { score: 'max', threshold: 0.2 }),
  ],
  ['sample, from the prior', 'variational', ({ sample }, model) => sample(model, 4, 7)],
  ['sample, from codes', 'denoiser', ({ sample }, model) => sample(model, 4, 7, { first: 2 })],
  [
    'interpolate',
    'variational',
    ({ interpolate }, model) =>
      interpolate(model, Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0), 3, { method: 'spherical' }),
  ],
  ['manifold', 'denoiser', ({ manifold }, model) => manifold(model, 3, { units: [0, 4] })],
  [
    'information',
    'denoiser',
    async (_, { info, statistics, diagnosis }) => ({ info, statistics, diagnosis }),
  ],
];

describe('every use gives what it gives on Node', () => {
  test.each(USES)('%s', async (_, which, use) => {
    const path = { denoiser, variational }[which];
    const [expected, found] = [await hourglass.loadModel(path), await alone.loadModel(path)];
    const result = await use(alone as unknown as Uses, found as unknown as hourglass.Model);
    expect(rounded(result)).toEqual(rounded(await use(hourglass, expected)));
    await Promise.all([expected.dispose(), found.dispose()]);
  });
});

/** The message of an error, without the places in it. */
const refusal = async (work: Promise<unknown>): Promise<[string, string]> => {
  try {
    await work;
  } catch (error) {
    const { kind, message } = error as hourglass.HourglassError;
    return [kind, message.replaceAll(pathToFileURL(`${folder}/`).href, '').replaceAll(`${folder}/`, '')];
  }
  return ['none', ''];
};

const MISUSES: readonly [string, 'denoiser' | 'variational', Use][] = [
  ['images in a list', 'denoiser', (_, model) => model.encode([1, 2] as never)],
  ['no images', 'denoiser', (_, model) => model.encode(null as never)],
  ['an incomplete image', 'denoiser', (_, model) => model.encode(new Uint8Array(5))],
  ['a float above 1', 'denoiser', (_, model) => model.reconstruct(Float32Array.from(images))],
  ['a code of another length', 'denoiser', (_, model) => model.decode(new Float32Array(3))],
  ['denoising by a model of clean images', 'variational', ({ denoise }, model) => denoise(model, images)],
  ['a threshold without statistics', 'variational', ({ anomaly }, model) => anomaly(model, images)],
  ['a prior that is not there', 'denoiser', ({ sample }, model) => sample(model, 1, 1, { from: 'prior' })],
  ['half a sample', 'variational', ({ sample }, model) => sample(model, 0.5)],
  ['units that the code has not', 'denoiser', ({ manifold }, model) => manifold(model, 3, { units: [0, 9] })],
];

describe('every misuse is refused as on Node', () => {
  test.each(MISUSES)('%s', async (_, which, use) => {
    const path = { denoiser, variational }[which];
    const [expected, found] = [await hourglass.loadModel(path), await alone.loadModel(path)];
    const said = await refusal(use(alone as unknown as Uses, found as unknown as hourglass.Model));
    expect(said).toEqual(await refusal(use(hourglass, expected)));
    expect(said[0]).not.toBe('none');
    await Promise.all([expected.dispose(), found.dispose()]);
  });

  test('a model that was disposed of, and one that another function made', async () => {
    const model = await alone.loadModel(variational);
    await model.dispose();
    const rule = 'was disposed of and cannot be used any more; load it again, or dispose of it later';
    expect(await refusal(model.encode(images))).toEqual(['usage', `model: ${rule}`]);
    expect(await refusal(alone.sample({} as never, 1))).toEqual([
      'usage',
      'model: must be one that loadModel gave',
    ]);
  });

  test('damaged files', async () => {
    const spoilt = async (
      file: string,
      change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
    ) => {
      const names = readdirSync(denoiser);
      const files = new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(denoiser, name)))]));
      files.set(file, change(files.get(file)!));
      return (await refusal(alone.loadModel(files))).join(' ');
    };
    const text = (replace: [string, string]) => (bytes: Uint8Array<ArrayBuffer>) =>
      new TextEncoder().encode(new TextDecoder().decode(bytes).replace(...replace));
    expect(await spoilt('encoder.onnx', (bytes) => bytes.subarray(0, 99))).toMatch(
      /^data model\/encoder\.onnx/,
    );
    expect(
      await spoilt('weights.safetensors', (bytes) => bytes.map((byte, i) => (i === 900 ? byte ^ 1 : byte))),
    ).toMatch(/^run model\/weights\.safetensors: is damaged/);
    expect(await spoilt('statistics.json', text(['"codeUnits":5', '"codeUnits":"5"']))).toContain(
      'model/statistics.json: is damaged: codeUnits must be a number',
    );
    expect(await spoilt('statistics.json', text(['"std":0.1', '"std":1e999']))).toContain(
      'model/statistics.json: is damaged: scores.std must be a number',
    );
  });
});

/** The ONNX files of a model, with a text in them replaced by another one of the same length. */
function edited(path: string, from: string, to: string): Map<string, Uint8Array> {
  const names = readdirSync(path).filter((name) => name.endsWith('.onnx'));
  return new Map(
    names.map((name) => {
      const text = readFileSync(join(path, name)).toString('latin1');
      expect(text).toContain(from);
      return [name, new Uint8Array(Buffer.from(text.replace(from, to), 'latin1'))];
    }),
  );
}

describe('what the recipe says of a model', () => {
  test.each(['denoiser', 'variational'] as const)(
    'is read from the settings of an older %s',
    async (which) => {
      const path = { denoiser, variational }[which];
      const [older, newer] = [
        await alone.loadModel(edited(path, '\x06traits', '\x06traitz')),
        await alone.loadModel(path),
      ];
      const { metadata: _, ...found } = older.info;
      const { metadata: __, ...expected } = newer.info;
      expect(found).toEqual(expected);
      expect((await older.encode(images)).data).toEqual((await newer.encode(images)).data);
      await Promise.all([older.dispose(), newer.dispose()]);
    },
  );

  test('is refused where it is damaged', async () => {
    const files = edited(variational, '"hasVariance":true', '"hasVariance":1234');
    expect(await refusal(alone.loadModel(files))).toEqual([
      'data',
      expect.stringMatching(/^model\/\w+\.onnx: its metadata 'traits' are damaged/),
    ]);
  });

  test('makes no noise of what is no number', async () => {
    const model = await alone.loadModel(edited(denoiser, '"sigma":0.3}}', '"sigma":"3"}}'));
    expect(await refusal(alone.addNoise(model, images))).toEqual([
      'data',
      expect.stringContaining('corruption.sigma'),
    ]);
    await model.dispose();
  });
});

describe('a model is loaded', () => {
  test.each([
    ['the path of a run', () => join(folder, 'run')],
    ['an address', () => pathToFileURL(denoiser)],
    ['the text of an address', () => pathToFileURL(denoiser).href],
    ['one file', () => join(denoiser, 'autoencoder.onnx')],
    ['bytes', () => Uint8Array.from(readFileSync(join(denoiser, 'autoencoder.onnx')))],
  ])('from %s', async (_, source) => {
    const model = await alone.loadModel(source());
    expect((await model.encode(images)).shape).toEqual([3, 5]);
    await model.dispose();
  });

  test('not from what is not there, or is no file', async () => {
    expect(await refusal(alone.loadModel(join(folder, 'none')))).toEqual([
      'run',
      expect.stringMatching(
        /^none\/: must be a model's folder, or that of a run: it has none of autoencoder\.onnx/,
      ),
    ]);
    const gone = await refusal(alone.loadModel(join(folder, 'none.onnx')));
    expect(gone).toEqual(['run', 'none.onnx: there is no such file']);
  });

  test('a picture of its size is taken, another one is refused where nothing can scale it', async () => {
    const model = await alone.loadModel(denoiser);
    const picture = (side: number) => ({
      width: side,
      height: side,
      data: new Uint8ClampedArray(4 * side * side).fill(255),
    });
    expect((await model.encode(picture(8))).shape).toEqual([1, 5]);
    expect(await refusal(model.encode(picture(9)))).toEqual(['usage', expect.stringContaining('8 × 8')]);
    await model.dispose();
  });

  test('its images may be changed at once', async () => {
    const model = await alone.loadModel(denoiser);
    const given = images.slice();
    const codes = model.encode(given);
    given.fill(0);
    expect(await codes).toEqual(await model.encode(images));
    await model.dispose();
  });
});

/** What is served and shipped for using models: everything but WebAssembly. */
const files = readdirSync(BROWSER).filter((file) => /^use.*\.js$|^ort-wasm-simd-threaded\.mjs$/.test(file));

test('it loads its own files, and no package', () => {
  const imported = files.flatMap((file) =>
    ts
      .preProcessFile(readFileSync(join(BROWSER, file), 'utf8'))
      .importedFiles.map(({ fileName }) => fileName),
  );
  expect(imported.some((name) => name.startsWith('./use-'))).toBe(true);
  // On Node, ONNX Runtime's own file loads these.
  expect(imported.filter((name) => !name.startsWith('./')).sort()).toEqual(['module', 'worker_threads']);
});

/** The files that a page has loaded once a file runs: what it imports at once, and what those import. */
function loadedWith(...entries: string[]): Set<string> {
  const loaded = new Set(entries);
  for (const file of loaded) {
    const source = ts.createSourceFile(
      file,
      readFileSync(join(BROWSER, file), 'utf8'),
      ts.ScriptTarget.Latest,
    );
    for (const statement of source.statements) {
      const from =
        ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)
          ? statement.moduleSpecifier
          : undefined;
      if (from !== undefined) loaded.add((from as ts.StringLiteral).text.replace('./', ''));
    }
  }
  return loaded;
}

const SCRIPT = 'ort-wasm-simd-threaded.mjs';
const partNamed = (name: string) => files.find((file) => file.startsWith(`use-${name}-`))!;
/** Bytes with gzip, as servers send them; WebAssembly is apart. */
const gzipped = (loaded: Iterable<string>) =>
  [...loaded].reduce((sum, file) => sum + gzipSync(readFileSync(join(BROWSER, file))).length, 0);

test('a page loads at most 57 kB with gzip', () => {
  expect(gzipped(loadedWith('use.js', 'use-worker.js', SCRIPT))).toBeLessThanOrEqual(57_000);
});

test.each([
  ['a prior of whole numbers', ['quantised', 'autoregressive']],
  ['a prior that was fitted to its codes', ['fitted']],
  ['windows over pictures', ['pictures']],
])('and for a model with %s at most 60 kB', (_, parts) => {
  const loaded = loadedWith('use.js', 'use-worker.js', SCRIPT, ...parts.map(partNamed));
  expect(gzipped(loaded)).toBeLessThanOrEqual(60_000);
});

test('nothing is loaded that no page needs', () => {
  const parts = ['here', 'quantised', 'autoregressive', 'fitted', 'pictures'].map(partNamed);
  const loaded = loadedWith('use.js', 'use-worker.js', SCRIPT, ...parts, 'use-settings.js');
  expect([...loaded].sort()).toEqual([...files].sort());
});
