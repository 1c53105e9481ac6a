/** The contract of engines in browsers: the tests of engine-contract.ts, bundled for a page. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, describe, expect, test } from 'vitest';
import { BROWSERS } from '../support/browser.ts';
import { COUNTS, images, onNode, pixels, SHAPE } from '../support/page-training.ts';
import { openSites, type SiteFiles } from '../support/site.ts';

const PUBLIC_API = new URL('../../node_modules/onnxruntime-web/dist/', import.meta.url);

/** What fails while it is loaded is a result, too. */
const PAGE = `<!doctype html>
<script>window.onerror = (error) => { window.results ??= [{ name: 'loading', error }]; };</script>
<script type="module" src="/dist/browser/contract.js"></script>`;

const pathOf = (file: string) => fileURLToPath(new URL(`../support/${file}`, import.meta.url));

async function bundled(): Promise<string> {
  const bundle = await rolldown({
    input: pathOf('page-contract.ts'),
    platform: 'browser',
    resolve: { alias: { vitest: pathOf('page-vitest.ts') } },
  });
  const { output } = await bundle.generate({ format: 'es', codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

for (const browser of BROWSERS) {
  const sites = await openSites(browser);
  afterAll(async () => {
    if (typeof sites !== 'string') await sites.close();
  });
  const skipped = typeof sites === 'string' ? ` (skipped: ${sites})` : '';

  describe.skipIf(typeof sites === 'string')(`in ${browser}${skipped}`, () => {
    test('the engine of pages keeps the contract', async () => {
      if (typeof sites === 'string') return;
      const code = await bundled();
      const change = (files: SiteFiles) => {
        files.set('/dist/browser/contract.js', code);
        files.set('/contract.html', PAGE);
      };
      const page = await (await sites.site({ change })).open('/contract.html');
      await page.waitForFunction('window.results !== undefined');
      const results = await page.evaluate<{ name: string; error: string | null }[]>('window.results');
      expect(results.filter(({ error }) => error !== null)).toEqual([]);
      expect(results.length).toBeGreaterThan(20);
      expect(sites.complaints).toEqual([]);
      await page.close();
    });

    test('a page that names an onnxruntime-web of its own trains on its public API', async () => {
      if (typeof sites === 'string') return;
      const set = { 'training.epochs': 1, adapt: false };
      const change = (files: SiteFiles) => {
        files.set('/images.bin', images);
        for (const name of ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])
          files.set(`/ort/${name}`, readFileSync(new URL(name, PUBLIC_API)));
      };
      const page = await (await sites.site({ change })).open();
      const found = await page.evaluate<{
        losses: number[];
        warnings: string[];
        wrong: string;
      }>(`(async () => {
        const bytes = new Uint8Array(await (await fetch('/images.bin')).arrayBuffer());
        const end = ${COUNTS.train * pixels};
        const data = { ...${JSON.stringify(SHAPE)}, images: bytes.subarray(0, end), test: { images: bytes.subarray(end) } };
        const options = { data, threads: 2, set: ${JSON.stringify(set)} };
        const [losses, warnings] = [[], []];
        hourglass.useOnnxRuntime('/images.bin');
        const wrong = await hourglass.train('quick', options).catch(({ message }) => message);
        hourglass.useOnnxRuntime('/ort/ort.wasm.min.mjs');
        await hourglass.train('quick', {
          ...options,
          onEvent({ type, row, message }) {
            if (type === 'epoch') losses.push(row.training.loss);
            if (type === 'warning') warnings.push(message);
          },
        });
        return { losses, warnings, wrong };
      })()`);
      expect(found.wrong).toMatch(/images\.bin: must be the JavaScript of onnxruntime-web/);
      expect(found.warnings).toEqual([
        expect.stringMatching(/^onnxruntime-web 1\.\d+\.\d+ is used by its public API/),
      ]);
      const [expected] = (await onNode('quick', set)).rows;
      expect(Math.abs(found.losses[0]! / expected!.training.loss - 1)).toBeLessThan(1e-4);
      await page.close();
    });
  });
}
