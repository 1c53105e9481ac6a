/** The service's page in a real browser: pictures in, results in place, and nothing asked of anybody else. */
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Service, serve, train } from 'hourglass';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePng } from '../../src/codecs/png.ts';
import { startBrowser } from '../support/browser.ts';
import { TINY, temporaryFolder, writeData } from '../support/program.ts';

const VAE = { ...TINY, name: 'tiny-vae', model: { ...TINY.model, code: { type: 'gaussian', units: 3 } } };

let folder: string;
let service: Service;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'));
  const options = { data: 'mnist', dataDir, threads: 1, tensorboard: 'none' } as const;
  const models: Record<string, string> = {};
  for (const recipe of [TINY, { ...VAE, loss: { type: 'bce' } }]) {
    const run = await train(recipe, { ...options, out: join(folder, recipe.name) });
    const bare = join(folder, `${recipe.name}-bare`);
    await cp(join(run.folder, 'model'), bare, { recursive: true });
    await rm(join(bare, 'statistics.json'));
    models[recipe.name] = run.folder;
    models[`${recipe.name}-bare`] = bare;
  }
  service = await serve(models, { port: 0, references: [join(dataDir, 't10k-images-idx3-ubyte')] });
  const data = Uint8Array.from({ length: 12 * 12 }, (_, i) => (i % 12 > 4 && i % 12 < 8 ? 255 : 0));
  await writeFile(join(folder, 'stroke.png'), encodePng({ width: 12, height: 12, channels: 1, data }));
  await writeFile(join(folder, 'none.png'), 'no picture');
}, 240_000);
afterAll(async () => {
  await service?.close();
});

const started = await startBrowser();
afterAll(async () => {
  if (typeof started !== 'string') await started.close();
});
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';

describe.skipIf(typeof started === 'string')(`the page in a browser${skipped}`, () => {
  const complaints: string[] = [];
  const asked: string[] = [];
  let page: Page;

  beforeAll(async () => {
    if (typeof started === 'string') return;
    page = await started.browser.newPage({ viewport: { width: 1100, height: 900 } });
    // A busy machine takes its time; the tests' own time-outs remain.
    page.setDefaultTimeout(150_000);
    page.on('console', (message) => complaints.push(`${message.text()} ${message.location().url}`));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(service.url);
  }, 180_000);

  const form = (name: string) =>
    page.locator('section', { has: page.locator('h2', { hasText: new RegExp(`^${name}$`) }) });
  /** Of the picture itself, however large it is shown. */
  const widthOf = (image: Locator) =>
    image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth);
  const choose = (name: string, ...files: string[]) =>
    form(name)
      .locator('input[type=file]')
      .setInputFiles(files.map((file) => join(folder, file)));

  test('has a section a model, with samples that are there', async () => {
    expect(await page.locator('h2').allTextContents()).toEqual([
      'tiny',
      'tiny-bare',
      'tiny-vae',
      'tiny-vae-bare',
    ]);
    const samples = page.locator('figure img[alt^="16 samples"]');
    expect(await samples.count()).toBe(3);
    for (const image of await samples.all()) {
      // Wide and high as a sheet of four by four, at twice their size.
      expect(await widthOf(image)).toBe(4 * 12 + 3);
    }
  });

  test.each(['reconstruct', 'anomaly', 'neighbours'])(
    '%s: pictures in, a picture out, in its place',
    async (verb) => {
      await choose('tiny', 'stroke.png', 'stroke.png');
      await form('tiny').getByRole('button', { name: verb }).click();
      const result = form('tiny').locator(`.results figure:has(figcaption:text-is("${verb}")) img`);
      await result.waitFor();
      expect(await widthOf(result)).toBeGreaterThan(12);
      expect(await result.getAttribute('alt')).toBe(`${verb} of 2 pictures`);
      expect(page.url()).toBe(`${service.url}/`);
    },
  );

  test('what was found is said in words, and the input stands next to the reconstruction', async () => {
    await choose('tiny', 'stroke.png');
    for (const [verb, said] of [
      [
        'anomaly',
        /stroke\.png: (unusual|like the training images), score [\d.e-]+ is (not )?above the threshold/,
      ],
      ['neighbours', /stroke\.png: .*distance [\d.e-]+/],
      ['reconstruct', /./],
    ] as const) {
      await form('tiny').getByRole('button', { name: verb }).click();
      await form('tiny')
        .locator('.result', { has: page.locator(`figcaption:text-is("${verb}")`) })
        .first()
        .locator('li', { hasText: said })
        .first()
        .waitFor();
    }
    await form('tiny').locator('.result .input img[alt="input stroke.png"]').first().waitFor();
  });

  test('what is wrong is said in words', async () => {
    await choose('tiny-vae', 'none.png');
    await form('tiny-vae').getByRole('button', { name: 'reconstruct' }).click();
    const said = form('tiny-vae').locator('.said', { hasText: 'Invalid content: ' });
    await said.waitFor();
    expect(await said.textContent()).toMatch(/PNG, JPEG or WebP/);
    // A browser logs every answer that is a refusal; nothing else may be there.
    expect(complaints.splice(0)).toEqual([expect.stringMatching(/status of (415|422)/)]);
  });

  test('nothing else was asked for, and nothing complained', async () => {
    expect(complaints).toEqual([]);
    const elsewhere = asked.filter(
      (url) => !url.startsWith(`${service.url}/`) && !url.startsWith(`blob:${service.url}/`),
    );
    expect(elsewhere).toEqual([]);
    expect(asked.length).toBeGreaterThan(6);
  });

  test('is as wide as a telephone, where that is all there is', async () => {
    await page.setViewportSize({ width: 380, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
  });
});

describe('models without statistics of their training', () => {
  test.each([
    ['tiny-bare', 'sample'],
    ['tiny-bare', 'manifold'],
    ['tiny-bare', 'anomaly'],
    ['tiny-vae-bare', 'manifold'],
    ['tiny-vae-bare', 'sample?from=codes'],
  ])('%s: %s is refused with 409', async (name, verb) => {
    const response = await fetch(`${service.url}/v1/models/${name}/${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: verb === 'anomaly' ? JSON.stringify({ images: [new Array(36).fill(0)] }) : '{}',
    });
    expect([response.status, await response.json()]).toMatchObject([
      409,
      { title: 'Not possible with this model', detail: expect.stringMatching(/statistics/) },
    ]);
  });

  test('a variational one draws from its prior', async () => {
    expect((await fetch(`${service.url}/v1/models/tiny-vae-bare/sample?count=2`)).status).toBe(200);
  });
});

describe.skipIf(typeof started === 'string')(`a run's report in a browser${skipped}`, () => {
  test.each([390, 1024, 1440])(
    'is readable on a screen of %i px',
    async (width) => {
      if (typeof started === 'string') return;
      const page = await started.browser.newPage({ viewport: { width, height: 900 } });
      page.setDefaultTimeout(150_000);
      await page.goto(pathToFileURL(join(folder, VAE.name, 'report.html')).href);
      const seen = (await page.evaluate(`({
      page: [document.documentElement.scrollWidth, document.documentElement.clientWidth],
      figures: Array.from(document.querySelectorAll('.scroll:has(tbody th .soft)'), (box) => [box.scrollWidth, box.clientWidth]),
      pictures: Array.from(document.querySelectorAll('.picture img'), (one) => one.getBoundingClientRect().width),
    })`)) as { page: number[]; figures: number[][]; pictures: number[] };
      // The page itself never scrolls sideways, nor do the tables of figures with their definitions.
      for (const [needed, there] of [seen.page, ...seen.figures])
        expect(needed).toBeLessThanOrEqual(there! + 1);
      expect(seen.figures.length).toBeGreaterThan(1);
      if (width === 390) for (const wide of seen.pictures) expect(wide).toBeGreaterThanOrEqual(479);
      await page.close();
    },
    180_000,
  );
});
