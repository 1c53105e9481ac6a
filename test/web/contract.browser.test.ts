/** The contract of engines in browsers: the tests of engine-contract.ts, bundled for a page. */
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, describe, expect, test } from 'vitest';
import { BROWSERS } from '../support/browser.ts';
import { openSites, type SiteFiles } from '../support/site.ts';

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
  });
}
