/** The view Explore in Chromium: by mouse, by keyboard and by touch; what it says of runs that are out of the ordinary. */
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Served, startBrowser } from '../support/browser.ts';
import { serveExplore } from './support/explore-site.ts';
import { brokenRuns, smallRun } from './support/small-runs.ts';

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
    const wide = await smallRun({ id: 'wide', recipe: 'stacked', ...DIGITS, classes: LETTERS, count: 60 });
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
  const hash = (page: Page) => page.evaluate('location.hash') as Promise<string>;
  const until = (page: Page, condition: string) => page.waitForFunction(condition);
  /** The decoded picture, as text. */
  const decoded = (page: Page) => page.evaluate("document.querySelector('.decoded').toDataURL()");
  const changed = async (page: Page, act: () => Promise<unknown>) => {
    const before = await page.getAttribute('.decoded', 'data-count');
    const picture = await decoded(page);
    await act();
    await until(page, `document.querySelector('.decoded').dataset.count !== '${before}'`);
    return { picture, now: await decoded(page) };
  };
  const box = async (page: Page) => (await page.locator('.plane-area').boundingBox())!;

  test('by mouse: decode, choose, zoom, select, walk; a reload shows the same', async () => {
    const page = await openPlane('run=two');
    const { x, y, width, height } = await box(page);
    const middle = [x + width / 2, y + height / 2] as const;
    const { picture, now } = await changed(page, () => page.mouse.move(middle[0] - 150, middle[1] + 90));
    expect(now).not.toBe(picture);
    await page.mouse.move(...middle);
    await page.mouse.wheel(0, -600);
    await until(page, 'location.hash.includes("at=")');
    expect(await page.getAttribute('.plane-points', 'data-as')).toBe('pictures');

    // Drawn around all that is there.
    await page.click('text=Whole');
    await page.click('text=Lasso');
    await page.mouse.move(x + 3, y + 3);
    await page.mouse.down();
    for (const [dx, dy] of [
      [width - 3, 3],
      [width - 3, height - 3],
      [3, height - 3],
      [3, 4],
    ] as const) {
      await page.mouse.move(x + dx, y + dy, { steps: 3 });
    }
    await page.mouse.up();
    await page.waitForSelector('text=300 images selected');
    const counts = await page.locator('.counts tr').allInnerTexts();
    expect(counts.map((row) => row.trim().split(/\s+/).join(' '))).toEqual(['a 100', 'b 100', 'c 100']);
    const [csv] = await Promise.all([page.waitForEvent('download'), page.click('text=Download CSV')]);
    expect(csv.suggestedFilename()).toBe('two-selection.csv');
    await page.click('.sheet button >> nth=4');
    await until(page, 'location.hash.includes("image=4")');

    await page.click('.panels >> text=Image');
    await page.click('text=Walk from here');
    await page.fill('.walk-end >> nth=1 >> input', '9');
    await page.keyboard.press('Tab');
    await page.waitForSelector('[aria-label="Step 9"]');
    const end = await changed(page, () => page.fill('[aria-label="Place on the walk"]', '8'));
    expect(end.now).not.toBe(end.picture);

    const shown = await hash(page);
    await page.reload();
    await page.waitForSelector('[aria-label="Step 9"]');
    await page.waitForSelector('text=Selection (300)');
    expect(await hash(page)).toBe(shown);
  });

  test('by keyboard: walk on the plane, choose, select a box, sliders, paint', async () => {
    const page = await openPlane('run=wide');
    await page.focus('.plane-area');
    const walked = await changed(page, () => page.keyboard.press('ArrowRight'));
    expect(walked.now).not.toBe(walked.picture);
    for (let i = 0; i < 6; i++) await page.keyboard.press('-');
    await page.keyboard.press('0');
    await page.keyboard.press('b');
    await page.keyboard.press('Shift+ArrowLeft');
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('b');
    await until(page, 'location.hash.includes("lasso=")');
    await page.keyboard.press('Escape');
    await until(page, '!location.hash.includes("lasso=")');
    await page.keyboard.press('Enter');

    await page.focus('.panels >> text=Sliders');
    await page.keyboard.press('Enter');
    const slid = await changed(page, async () => {
      await page.focus('[aria-label="Unit 1"]');
      await page.keyboard.press('End');
    });
    expect(slid.now).not.toBe(slid.picture);
    await until(page, 'location.hash.includes("code=")');

    await page.focus('.panels >> text=Paint');
    await page.keyboard.press('Enter');
    await page.focus('.paint');
    await page.keyboard.press('ArrowRight');
    await changed(page, () => page.keyboard.press('0'));
    await page.waitForSelector('text=unit 2:');
  });

  test('by touch: the picture is above the finger; two fingers zoom; nothing scrolls sideways at 360 pixels', async () => {
    const page = await openPlane('run=two', { viewport: { width: 360, height: 740 }, hasTouch: true });
    const { x, y, width, height } = await box(page);
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    await page.waitForSelector('.float.touched');
    const float = (await page.locator('.float').boundingBox())!;
    expect(float.y + float.height).toBeLessThan(y + height / 2);

    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          type === 'touchEnd'
            ? []
            : [-1, 1].map((side, id) => ({ x: x + width / 2 + side * apart, y: y + height / 2, id })),
      });
    await touch('touchStart', 20);
    for (const apart of [30, 50, 80]) await touch('touchMove', apart);
    await touch('touchEnd', 0);
    await until(page, 'location.hash.includes("at=")');

    for (const name of ['Sliders', 'Paint', 'Walk', 'Selection', 'Image']) {
      await page.tap(`.panels >> text=${name}`);
      expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(360);
    }
  });

  test('a space is turned by mouse and keys', async () => {
    const page = await openPlane('run=space');
    const { x, y, width, height } = await box(page);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 80, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await until(page, 'location.hash.includes("turn=")');
    const turned = await hash(page);
    await page.focus('.plane-area');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await until(page, `location.hash.includes('image=') && location.hash !== '${turned}'`);
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
