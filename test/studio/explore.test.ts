/** The view Explore in Chromium: what it says of runs that are out of the ordinary. What one does there is in tasks/explore.ts. */
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Served, startBrowser } from '../support/browser.ts';
import { serveExplore } from './support/explore-site.ts';
import { fingersOn } from './support/fingers.ts';
import { brokenRuns, smallRun } from './support/small-runs.ts';
import { expectFragment, fragmentOf } from './support/studio.ts';

const DIGITS = { height: 12, width: 12, channels: 1 as const };
const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const LETTERS = ['a', 'b', 'c'];

const started = await startBrowser();
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';

describe.skipIf(typeof started === 'string')(`Explore in Chromium${skipped}`, () => {
  let site: Served;
  const complaints: string[] = [];
  const pages: Page[] = [];

  beforeAll(async () => {
    const two = await smallRun({ id: 'two', recipe: 'vae', ...DIGITS, classes: LETTERS, count: 300 });
    const wide = await smallRun({
      id: 'wide',
      recipe: 'conditional',
      ...DIGITS,
      classes: LETTERS,
      count: 60,
    });
    const space = await smallRun({ id: 'space', recipe: 'code3d', ...DIGITS, classes: LETTERS, count: 60 });
    const colour = { height: 48, width: 64, channels: 3 as const };
    const photos = await smallRun({ id: 'photos', recipe: 'vae', ...colour, classes: [''], count: 20 });
    const names = Array.from({ length: 300 }, (_, i) => `class number ${i}`);
    const few = (id: string, count: number, classes: readonly string[]) => ({
      ...two,
      entry: { ...two.entry, id },
      images: { ...two.images, classes },
      splits: {
        ...two.splits,
        test: {
          values: two.splits.test.values.subarray(0, 144 * count),
          labels: Uint8Array.from({ length: count }, (_, i) => (classes.length > 3 ? i % 256 : 0)),
        },
      },
    });
    const runs = [two, wide, space, photos, ...brokenRuns(two)];
    site = await serveExplore([
      ...runs,
      few('one', 1, ['x']),
      few('none', 0, ['x']),
      few('many', 300, names),
    ]);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await site?.close();
    if (typeof started !== 'string') await started.close();
  });

  async function open(fragment: string, how: BrowserContextOptions = {}): Promise<Page> {
    if (typeof started === 'string') throw new Error(started);
    const context = await started.browser.newContext({ viewport: { width: 1200, height: 800 }, ...how });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    pages.push(page);
    await page.goto(`${site.url}/page.html#explore?${fragment}`);
    return page;
  }
  const openPlane = async (fragment: string, how?: BrowserContextOptions): Promise<Page> => {
    const page = await open(fragment, how);
    await page.waitForSelector('.plane-area');
    await page.waitForFunction("document.querySelector('.progress') === null");
    return page;
  };
  test('a space is turned by mouse, keys and a finger', async () => {
    const page = await openPlane('run=space');
    const { x, y, width, height } = (await page.locator('.plane-area').boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 80, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await expectFragment(page, /turn=/);
    const turned = async () => /turn=[^&]*/.exec(await fragmentOf(page))![0];
    const byMouse = await turned();
    await page.focus('.plane-area');
    await page.keyboard.press('ArrowUp');
    await expect.poll(turned).not.toBe(byMouse);
    await page.keyboard.press('Enter');
    await expectFragment(page, /image=/);
    const byKeys = await turned();
    const fingers = await fingersOn(page);
    await fingers.drag([0, 20, 40, 60].map((dx) => [x + width / 2 - dx, y + height / 2]));
    await expect.poll(turned).not.toBe(byKeys);
  });

  test('a conditional model decodes as each class, by keyboard; errors and walks are of own classes', async () => {
    const page = await openPlane('run=wide&image=4&colour=error');
    const decoded = () => page.evaluate("document.querySelector('.decoded').toDataURL()");
    const count = () => page.getAttribute('.decoded', 'data-count');
    // Image 4 is of class c: the test images begin with class b.
    await page.getByRole('button', { name: 'As class c, its own', pressed: true }).waitFor();
    await page.locator('.class-strip canvas').nth(2).waitFor();
    const [own, before] = [await decoded(), await count()];
    await page.getByRole('button', { name: 'As class a', exact: true }).press('Enter');
    await expectFragment(page, /class=a/);
    await expect.poll(count).not.toBe(before);
    expect(await decoded()).not.toBe(own);
    expect(await page.getByLabel('Decode as').inputValue()).toBe('=a');
    await page.getByLabel('Decode as').selectOption({ label: 'own class' });
    await expect.poll(decoded).toBe(own);
    await page.click('text=Walk from here');
    await page.fill('.walk-end >> nth=1 >> input', '5');
    await page.locator('[aria-label="Step 9"]').waitFor();
    expect(await page.locator('.failed').count()).toBe(0);
  });

  test('UMAP is computed in its worker', async () => {
    const page = await openPlane('run=wide&plane=umap');
    await page.waitForSelector('text=UMAP of 60 codes');
  });

  test('runs out of the ordinary are shown, or said what is the matter with', async () => {
    for (const [fragment, text] of [
      ['run=gone', 'This run is not here'],
      ['run=no-model', "This run's codes cannot be shown"],
      ['run=busy', 'This run is still training'],
      ['run=unreadable', 'This run cannot be read: run.json: is damaged'],
      ['run=none', 'this split has no images'],
      ['run=one', 'decoded here'],
      ['run=many', 'class number 299'],
      ['run=photos&colour=error', 'mean squared error of a pixel'],
      ['run=two&x=7&y=7&image=99999&lasso=1,2&hide=x&plane=space&colour=unit9', 'All of the code'],
    ] as const) {
      const page = await open(fragment);
      await page.waitForSelector(`text=${text}`);
      await page.context().close();
      pages.pop();
    }
  });

  test.each(['light', 'dark'] as const)('no violations that axe finds (%s)', async (colorScheme) => {
    const page = await openPlane('run=wide&image=3&from=1&to=2&lasso=-9,-9,9,-9,9,9,-9,9', { colorScheme });
    await page.evaluate(AXE);
    for (const panel of ['Image', 'Sliders', 'Paint', 'Walk', 'Selection']) {
      await page.click(`.panels >> text=${panel}`);
      const found = await page.evaluate(async () => {
        // biome-ignore lint/suspicious/noExplicitAny: axe-core, within the page
        const { violations } = await (globalThis as any).axe.run();
        return violations.map(
          ({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
            `${id}: ${nodes[0]!.html.slice(0, 200)}`,
        );
      });
      expect(found, panel).toEqual([]);
    }
  });
});
