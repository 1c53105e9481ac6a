import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ORT_VERSION, type OrtModule, requireInternals } from './internals.ts';
import { startOrt } from './start.ts';

const FOLDER = new URL('../../../vendor/onnxruntime-web/', import.meta.url);
const script = new URL('ort-wasm-simd-threaded.mjs', FOLDER).href;

test('the version is the vendored one, and that of the engine on Node', () => {
  const versionIn = (folder: string) =>
    JSON.parse(readFileSync(new URL(`../../../vendor/${folder}/package.json`, import.meta.url), 'utf8'))
      .version;
  expect(ORT_VERSION).toBe(versionIn('onnxruntime-web'));
  expect(ORT_VERSION).toBe(versionIn('onnxruntime-node'));
});

test('the vendored module has what is used of it', async () => {
  const bytes = readFileSync(new URL('ort-wasm-simd-threaded.wasm', FOLDER));
  const ort = await startOrt({ script, module: new WebAssembly.Module(bytes) }, 1);
  const at = ort.heap.allocate(10);
  expect(at % 64).toBe(0);
  expect(at).toBeGreaterThan(0);
  expect(ort.heap.text(ort.heap.name('größe'))).toBe('größe');
  ort.heap.free(at);
  expect(() => ort.heap.free(at)).toThrow(RangeError);
});

test('a module that lacks functions, or shows no memory, is an error that names them', () => {
  const module = Object.fromEntries(
    ['_malloc', '_free'].map((name) => [name, () => 0]),
  ) as Partial<OrtModule>;
  expect(() => requireInternals(module, undefined)).toThrow(
    /^onnxruntime-web: lacks what hourglass uses of it \(UTF8ToString, _OrtInit, .*_OrtRun, a memory among the imports\); serve the files of version 1\.30\.0/,
  );
});
