/** Bad input in a page: each is an error in words, and nothing else is lost. */
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { input, mul } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/index.ts';
import { images, onNode, SHAPE } from '../support/page-training.ts';
import { ISOLATED, openSites, type SiteFiles, type SiteSettings, type Sites } from '../support/site.ts';

const HTML = '<!doctype html><title>My application</title>';
const sites = await openSites();
afterAll(async () => {
  if (typeof sites !== 'string') await sites.close();
});
const skipped = typeof sites === 'string' ? ` (skipped: ${sites})` : '';

const x = input('x', ['N', 3]);
const foreign = encodeModel({ name: 'foreign', inputs: { x }, outputs: { y: mul(x, 2) } });

async function open(settings: SiteSettings = {}): Promise<Page> {
  const change = (files: SiteFiles) => {
    files.set('/images.bin', images);
    settings.change?.(files);
  };
  return (await (sites as Sites).site({ ...settings, change })).open();
}

/** Runs code in a page that has `data`, `said` and `options` for a short training. */
const inPage = <T>(page: Page, code: string): Promise<T> =>
  page.evaluate(`(async () => {
    const { hourglass } = window;
    const bytes = new Uint8Array(await (await fetch('/images.bin')).arrayBuffer());
    const data = { ...${JSON.stringify(SHAPE)}, images: bytes };
    const options = { data, epochs: 1, threads: 1, set: { adapt: false, 'training.batchSize': 64 } };
    const said = async (call) => {
      try {
        await call();
        return 'no error';
      } catch (error) {
        return (error instanceof hourglass.HourglassError) + ' ' + error.message;
      }
    };
    ${code}
  })()`);

describe.skipIf(typeof sites === 'string')(`bad input in a page${skipped}`, () => {
  test('of models, images and settings', async () => {
    const model = await onNode('quick', { 'training.epochs': 1, adapt: false });
    const page = await open({
      change(files) {
        files.set('/foreign.onnx', foreign);
        files.set('/page.onnx', { type: 'text/html; charset=utf-8', content: HTML });
        for (const [name, bytes] of model.model) {
          files.set(`/model/${name}`, bytes);
          if (name !== 'decoder.onnx') files.set(`/lacks/${name}`, bytes);
          files.set(
            `/spoilt/${name}`,
            name === 'encoder.onnx' ? { type: 'text/plain', content: HTML } : bytes,
          );
          files.set(`/cut/${name}`, name === 'encoder.onnx' ? bytes.subarray(0, 2000) : bytes);
        }
      },
    });
    const found = await inPage<string[]>(
      page,
      `
      const { loadModel, train, loadData } = hourglass;
      const model = await loadModel('/model');
      const values = new Float32Array(144).fill(0.5);
      values[7] = NaN;
      const use = model.reconstruct(new Uint8Array(144));
      const cut = new Uint8Array(await (await fetch('/model/encoder.onnx')).arrayBuffer()).subarray(0, 2000);
      const gone = await loadModel('/model');
      const during = gone.reconstruct(new Uint8Array(144 * 50)).then(() => 'no error', (error) => 'true ' + error.message);
      await gone.dispose();
      const with_ = (changes) => () => train('quick', { ...options, data: { ...data, ...changes } });
      return [
        await said(() => loadModel('/foreign.onnx')),
        await said(() => loadModel(cut)),
        await said(() => loadModel('/page.onnx')),
        await said(async () => (await loadModel('/lacks')).decode(new Float32Array(32))),
        await said(() => loadModel('/spoilt')),
        await said(() => loadModel('/cut')),
        await said(() => loadModel([new File(['x'], 'notes.txt')])),
        await said(() => model.reconstruct(values)),
        await said(() => model.reconstruct(new Uint8Array(143))),
        await said(() => model.reconstruct(new Uint8Array(0))),
        await during,
        await said(() => gone.encode(new Uint8Array(144))),
        await said(with_({ images: new Uint8Array(0) })),
        await said(with_({ images: bytes.subarray(1) })),
        await said(with_({ images: bytes.subarray(0, 144) })),
        await said(with_({ images: new Float32Array(144) })),
        await said(with_({ labels: new Uint8Array(3) })),
        await said(with_({ labels: Uint8Array.from({ length: 216 }, () => 3), classes: ['one'] })),
        await said(() => train('quick', { ...options, set: { seed: () => 1 } })),
        await said(() => train('quick', { ...options, data: undefined })),
        await said(() => loadData({ idx: { images: new Uint8Array([0x1f, 0x8b, 8]) } })),
        'true ' + (await use).shape,
      ];`,
    );
    const rules = [
      /hourglass did not|not .*hourglass|must be .*hourglass/i,
      /model: .*(cut off|damaged|not .*ONNX|whole)/i,
      /page\.onnx: there is no such file/,
      /decoder\.onnx/,
      /encoder\.onnx/,
      /encoder\.onnx/,
      /notes\.txt|model/,
      /finite|NaN/,
      /144/,
      /image/,
      /was disposed of/,
      /was disposed of/,
      /data\.images: must have at least one image/,
      /data\.images: must have 1 · 12 · 12 = 144 bytes for each image/,
      /data\.images: must be at least 3: one each for training, validation, test, got 1/,
      /data\.images: must be a Uint8Array/,
      /data\.labels: must have one label for each/,
      /data\.labels: must be below 1/,
      /what train was given: cannot be passed to the worker/,
      /data: must be 'mnist-10k'/,
      /data\.idx\.images: must be a whole gzip file/,
      /1,1,12,12/,
    ];
    for (const [i, message] of found.entries()) {
      expect.soft(message, String(i)).toMatch(/^true .+$/);
      expect.soft(message, String(i)).toMatch(rules[i]!);
    }
    // Two trainings at once are those that one at a time would be; one class and a page whose timers do not run change nothing.
    const same = await inPage<boolean[]>(
      page,
      `
      window.setTimeout = window.setInterval = window.requestAnimationFrame = () => 0;
      const weights = async () => (await hourglass.train('quick', options)).model.get('weights.safetensors').join();
      const [one, other] = await Promise.all([weights(), weights()]);
      return [one === other, one === await weights()];`,
    );
    expect(same).toEqual([true, true]);
    await page.close();
  });

  const TRAIN = "return said(() => hourglass.train('quick', options));";
  /** The module for every processor, and the one for processors with relaxed SIMD: the browser takes one of them. */
  const WASM = ['ort-wasm-simd-threaded.wasm', 'ort-wasm-relaxed-simd-threaded.wasm'];
  const html = (names: readonly string[], type = 'text/html') => ({
    change(files: SiteFiles) {
      for (const name of names) files.set(`/dist/browser/${name}`, { type, content: HTML });
    },
  });
  test.each<[string, SiteSettings, RegExp]>([
    [
      'no .wasm',
      { change: (files) => WASM.forEach((name) => void files.delete(`/dist/browser/${name}`)) },
      /^true http.*\.wasm: cannot be loaded \(status 404\); serve all files/,
    ],
    [
      'a page for the .wasm',
      html(WASM),
      /^true http.*\.wasm: is not the file that comes along, or is cut off/,
    ],
    [
      'a page as .wasm',
      html(WASM, 'application/wasm'),
      /^true http.*\.wasm: is not the file that comes along, or is cut off/,
    ],
    [
      'a page for the kernels',
      html(['kernels-shared.wasm']),
      /^true http.*kernels-shared\.wasm: is not the file that comes along, or is cut off \(it begins with 60 33 100 111\)/,
    ],
    [
      'a page for the script',
      html(['ort-wasm-simd-threaded.mjs']),
      /^true http.*\.mjs: cannot be loaded \(.*; serve all files/,
    ],
    [
      'a page for the recipes',
      html(['recipes.json']),
      /^true http.*recipes\.json: is not the file that comes along/,
    ],
    [
      'no worker',
      { change: (files) => files.delete('/dist/browser/worker.js') },
      /^true worker: ended \(it could not be loaded/,
    ],
    [
      'a policy without WebAssembly',
      { headers: { 'Content-Security-Policy': "script-src 'self' 'unsafe-inline'" } },
      /^true WebAssembly: the page's Content Security Policy does not allow it; add 'wasm-unsafe-eval'/,
    ],
    [
      'another type for the .wasm',
      {
        change(files) {
          for (const path of WASM.map((name) => `/dist/browser/${name}`))
            files.set(path, { type: 'text/plain', content: files.get(path) as Uint8Array });
        },
      },
      /^no error$/,
    ],
    [
      'isolation without SharedArrayBuffer, and a worker without timers',
      {
        headers: ISOLATED,
        change(files) {
          const name = '/dist/browser/worker.js';
          const before = 'delete self.SharedArrayBuffer; self.setTimeout = self.setInterval = () => 0;';
          files.set(name, `${before}${Buffer.from(files.get(name) as Uint8Array)}`);
        },
      },
      /^no error$/,
    ],
  ])('of a server or a browser: %s', async (_, settings, rule) => {
    const page = await open(settings);
    expect(await inPage<string>(page, TRAIN.replace('options', '{ ...options, threads: 2 }'))).toMatch(rule);
    await page.close();
  });
});
