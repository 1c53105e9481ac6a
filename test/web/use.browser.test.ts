/** `hourglass/use` in a browser: in a worker, and in the page's own thread where there are no workers. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { train } from 'hourglass';
import type { Browser } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { anomaly } from '../../src/model/index.ts';
import { loadModel } from '../../src/node/load-model.ts';
import { serveFiles, startBrowser } from '../support/browser.ts';
import { IMAGE, writeModelFolder } from '../support/models.ts';

const BROWSER = fileURLToPath(new URL('../../dist/browser/', import.meta.url));
const started = await startBrowser();
const folder = await mkdtemp(join(tmpdir(), 'hourglass-use-'));
afterAll(async () => {
  if (typeof started !== 'string') await started.close();
  await rm(folder, { recursive: true, force: true });
});
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';

describe.skipIf(typeof started === 'string')(`hourglass/use in Chromium${skipped}`, () => {
  test.each([
    ['a worker', ''],
    ['the calling thread', 'delete globalThis.Worker;'],
  ])('a model is used in %s, and only what it needs is loaded', async (_, before) => {
    if (typeof started === 'string') throw new Error(started);
    await writeModelFolder(folder, 'variational');
    const { page, complaints, loaded, close } = await openPage(started.browser, folder, before);
    const size = IMAGE.channels * IMAGE.height * IMAGE.width;
    const found = (await page.evaluate(`(async () => {
      const model = await use.loadModel('model');
      const { data } = await model.encode(new Uint8Array(${size}).fill(80));
      const canvas = Object.assign(document.createElement('canvas'), { width: 20, height: 10 });
      const { shape } = await model.reconstruct(canvas);
      const { images } = await use.sample(model, 2, 7);
      const refused = await model.encode(new Uint8Array(5)).catch((error) => [error instanceof use.HourglassError, error.kind]);
      await model.dispose();
      return { codes: [...data], shape, sampled: images.shape, refused };
    })()`)) as { codes: number[]; shape: number[]; sampled: number[]; refused: [boolean, string] };
    const model = await loadModel(folder);
    const { data } = await model.encode(new Uint8Array(size).fill(80));
    for (const [i, code] of data.entries()) expect(found.codes[i]).toBeCloseTo(code, 4);
    expect(found.shape).toEqual([1, IMAGE.channels, IMAGE.height, IMAGE.width]);
    expect(found.sampled[0]).toBe(2);
    expect(found.refused).toEqual([true, 'data']);
    expect(complaints).toEqual([]);
    expect(loaded.some((path) => path === '/use-worker.js')).toBe(before === '');
    expect(
      loaded.filter((path) => /^\/(worker|hourglass|helper-worker)\.js|recipes|mnist/.test(path)),
    ).toEqual([]);
    await model.dispose();
    await close();
  });

  test('a row is scored as in Node, with the columns that did it', async () => {
    if (typeof started === 'string') throw new Error(started);
    const run = join(folder, 'rows');
    const values = Array.from({ length: 300 }, (_, i) => [500 + 100 * Math.sin(i), Math.cos(2.3 * i)]);
    const rows = values.map(([a, b]) => [a!, b!, a! / 100 + b!]);
    await train('table', {
      data: { train: rows, shape: [3], columns: ['a', 'b', 'sum'] },
      ...{ out: run, epochs: 20, threads: 1, tensorboard: 'none', pictures: false },
    });
    const { page, complaints, close } = await openPage(started.browser, join(run, 'model'), '');
    const later = [rows[7]!, [500, 0.5, 3]];
    const found = (await page.evaluate(`(async () => {
      const model = await use.loadModel('model');
      const { scores, flagged, threshold, contributions } = await use.anomaly(model, ${JSON.stringify(later)});
      await model.dispose();
      return { scores: [...scores], flagged, threshold, contributions: [...contributions.data] };
    })()`)) as { scores: number[]; flagged: boolean[]; threshold: number; contributions: number[] };
    await using model = await loadModel(run);
    const expected = await anomaly(model, later);
    expect(found.flagged).toEqual(expected.flagged);
    expect(found.flagged[1]).toBe(true);
    expect(found.threshold).toBe(expected.threshold);
    for (const [name, of] of [
      ['scores', expected.scores],
      ['contributions', expected.contributions!.data],
    ] as const) {
      for (const [i, value] of of.entries()) expect(found[name][i]! / value).toBeCloseTo(1, 2);
    }
    expect(complaints).toEqual([]);
    await close();
  });
});

/** A page with `hourglass/use` as `use`, next to the files of a model. */
async function openPage(browser: Browser, model: string, before: string) {
  const files = new Map<string, Uint8Array | string>([
    ...['', 'model/'].flatMap((at) =>
      readdirSync(at === '' ? BROWSER : model).map(
        (name) => [`/${at}${name}`, readFileSync(join(at === '' ? BROWSER : model, name))] as const,
      ),
    ),
    ['/favicon.ico', ''],
    [
      '/page.html',
      `<!doctype html><title>use</title><script>${before}</script><script type="module">
        import * as use from './use.js';
        window.use = use;
      </script>`,
    ],
  ]);
  const server = await serveFiles(files);
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  const loaded: string[] = [];
  page.context().on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(`${server.url}/page.html`);
  await page.waitForFunction('window.use !== undefined');
  const close = async () => {
    await page.close();
    await server.close();
  };
  return { page, complaints, loaded, close };
}
