/** The form of the view Train in Chromium: layers by keyboard, recipes of one's own, in a page without a server. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Hosted, inPage } from './support/hosts.ts';

const started = await startBrowser();
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';

describe.skipIf(typeof started === 'string')(`settings${skipped}`, () => {
  let hosted: Hosted;
  let page: Page;
  beforeAll(async () => {
    if (typeof started === 'string') return;
    hosted = await inPage();
    page = await started.browser.newPage();
    page.setDefaultTimeout(30_000);
  });
  afterAll(async () => {
    if (typeof started === 'string') return;
    await started.close();
    await hosted.close();
  });
  const inAddress = (name: string) => new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get(name);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const hasFocus = (name: string) => button(name).evaluate((element) => element.matches(':focus'));

  test('layers are added, moved and removed by keyboard', async () => {
    await page.goto(`${hosted.url}#train?recipe=basic`);
    await page.locator('summary', { hasText: 'Model' }).click();
    const before = await page.locator('.layers').first().locator('li').count();
    await page.getByLabel('New layer').first().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    const last = before + 2;
    await expect.poll(() => page.locator('.layers').first().locator('li').count()).toBe(last);
    await expect.poll(() => hasFocus('Add a layer to the encoder')).toBe(true);
    await page.getByLabel(`Encoder ${last}, dense: Units`, { exact: true }).fill('7');
    await button(`Move up layer ${last} of the encoder, dense`).focus();
    await page.keyboard.press('Enter');
    const layers = () => JSON.parse(inAddress('model.encoder') ?? '[]') as { units: number }[];
    await expect
      .poll(() =>
        layers()
          .map(({ units }) => units)
          .slice(before),
      )
      .toEqual([7, 64]);
    await button(`Remove layer ${last} of the encoder, dense`).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.layers').first().locator('li').count()).toBe(before);
    // As in the recipe again: nothing is changed.
    await expect.poll(() => inAddress('model.encoder')).toBe(null);
  });

  test('a recipe of one\u2019s own is checked, kept, and shows what is wrong at its field', async () => {
    const choose = (name: string, recipe: unknown) =>
      page
        .getByLabel('Own recipe')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(recipe)) });
    const response = await page.request.get(new URL('./engine/recipes.json', hosted.url).href);
    const { basic } = (await response.json()) as { basic: { training: object } };
    await choose('mine.json', { ...basic, why: 'For a test.', training: { ...basic.training, epochs: 0 } });
    await expect.poll(() => inAddress('recipe')).toBe('own:mine');
    expect(
      await page.locator('.field', { hasText: 'Epochs' }).first().getByRole('alert').textContent(),
    ).toContain('training.epochs');
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await expect.poll(() => page.locator('.field').getByRole('alert').count()).toBe(0);
    await choose('mine.json', { ...basic, why: 'For a test.' });
    await page.reload();
    await expect.poll(() => page.locator('#recipe').inputValue()).toBe('own:mine');
    await page.getByText('For a test.').waitFor();
    await page
      .getByLabel('Own recipe')
      .setInputFiles({ name: 'x.json', mimeType: '', buffer: Buffer.from('{') });
    await page.getByText('x.json is not JSON').waitFor();
    await button('Remove this recipe').click();
    await expect.poll(() => page.locator('#recipe option[value="own:mine"]').count()).toBe(0);
  });
});
