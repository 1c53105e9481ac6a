/** The view Train, in Chromium, against both hosts: by mouse, by keyboard, by touch. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Hosted, inPage, onNode, SMALL } from './support/hosts.ts';

const started = await startBrowser();
afterAll(async () => {
  if (typeof started !== 'string') await started.close();
});
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** What axe finds on the page as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

const train = (epochs: string): string => {
  const query = new URLSearchParams(SMALL);
  query.set('training.epochs', epochs);
  return `train?${query}`;
};

const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

describe.skipIf(typeof started === 'string').each([
  ['in the page', inPage],
  ['on Node', onNode],
] as const)(`training %s${skipped}`, (_, start) => {
  let hosted: Hosted;
  const complaints: string[] = [];
  beforeAll(async () => {
    hosted = await start();
  });
  afterAll(() => hosted.close());

  async function open(fragment: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (typeof started === 'string') throw new Error(started);
    const context = await started.browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      // A page without a server asks once whether there is one.
      if (!message.location().url.endsWith('/api/')) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${hosted.url}#${fragment}`);
    return page;
  }
  const state = (page: Page) => page.locator('.state');
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  test('by mouse: step by step, another learning rate, to the end, and again after a reload', async () => {
    const page = await open(train('2'));
    await press(page, 'Step by step');
    await expect.poll(() => state(page).textContent(), { timeout: 30_000 }).toBe('Paused');
    // The untrained model is shown before the first step.
    await page.locator('.strip canvas').waitFor();
    await press(page, 'One step');
    await expect.poll(() => page.locator('.numbers').textContent()).toMatch(/Steps1\D/);
    await press(page, 'Double');
    await press(page, 'One step');
    await expect.poll(() => page.locator('.rate input').inputValue()).toBe('0.002');
    await press(page, 'Play');
    await expect.poll(() => state(page).textContent(), { timeout: 60_000 }).toBe('Finished');
    expect(await page.locator('.verdict').textContent()).toMatch(/\.$/);
    for (const name of [
      'Codes of test images',
      'The plane of codes, decoded',
      'Filters of the first layer',
    ]) {
      expect(await page.getByText(name).count()).toBe(1);
    }
    expect(new URL(page.url()).hash).toContain('run=');
    await page.reload();
    await expect.poll(() => state(page).textContent(), { timeout: 30_000 }).toBe('Finished');
    await page.locator('.verdict').waitFor();
    expect(await page.locator('.curves').count()).toBe(2);
    await page.getByText('About this run').click();
    expect(await page.locator('.notes').textContent()).toContain('Learning rate 0.002 after step 1.');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    await page.context().close();
  });

  test('by keyboard: train, pause, stop, continue, beside another one', async () => {
    const page = await open(train('500'));
    const focus = async (name: string) => {
      const button = page.getByRole('button', { name, exact: true });
      await button.waitFor();
      // Tab reaches it: it is no trap, and it is not left out.
      await page.locator('#seed').focus();
      for (let i = 0; i < 40; i++) {
        if ((await page.evaluate('document.activeElement.textContent.trim()')) === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach ${name}`);
    };
    await page.locator('#seed').waitFor();
    await focus('Train');
    await page.keyboard.press('Enter');
    await expect.poll(() => state(page).textContent(), { timeout: 30_000 }).toBe('Training');
    await focus('Pause');
    await page.keyboard.press('Space');
    await expect.poll(() => state(page).textContent()).toBe('Paused');
    await focus('Stop');
    await page.keyboard.press('Enter');
    await expect.poll(() => state(page).textContent(), { timeout: 30_000 }).toBe('Stopped');
    await focus('Continue');
    await page.keyboard.press('Enter');
    await expect.poll(() => state(page).textContent(), { timeout: 30_000 }).toBe('Training');
    await focus('Train beside');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.run').count(), { timeout: 30_000 }).toBe(2);
    await expect
      .poll(() => state(page).allTextContents(), { timeout: 30_000 })
      .toEqual(['Training', 'Training']);
    for (const i of [0, 1]) {
      await page.locator('.run').nth(i).getByRole('button', { name: 'Stop', exact: true }).click();
    }
    await expect
      .poll(() => state(page).allTextContents(), { timeout: 30_000 })
      .toEqual(['Stopped', 'Stopped']);
    await page.context().close();
  });

  test('by touch, on a small screen: nothing scrolls sideways', async () => {
    const small = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
    const page = await open(train('500'), small);
    await page.locator('#seed').waitFor();
    expect(await sidewaysScroll(page)).toBe(0);
    const tap = (name: string) => page.getByRole('button', { name, exact: true }).tap();
    await tap('Train');
    await page.locator('.strip canvas').waitFor();
    await page.locator('.curves canvas').first().waitFor();
    await tap('Pause');
    await expect.poll(() => state(page).textContent()).toBe('Paused');
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await tap('Stop');
    await expect.poll(() => state(page).textContent(), { timeout: 30_000 }).toBe('Stopped');
    await page.context().close();
  });

  test('what is wrong is said at its field, and settings are in the address', async () => {
    const page = await open('train?recipe=vae');
    const epochs = page.getByLabel('Epochs', { exact: true });
    await epochs.fill('0');
    expect(await page.locator('.field', { has: epochs }).locator('.failed').textContent()).toBe(
      'It must be at least 1.',
    );
    await epochs.fill('7');
    await expect.poll(() => page.url()).toContain('training.epochs=7');
    expect(await page.locator('.field', { has: epochs }).locator('.failed').count()).toBe(0);
    await page.goto(`${hosted.url}#train?recipe=vae&training.batchSize=-3`);
    await page.reload();
    await press(page, 'Train');
    const batch = page.locator('.field', { has: page.getByLabel('Batch size', { exact: true }) });
    await expect.poll(() => batch.locator('.failed').textContent()).toContain('training.batchSize');
    await page.context().close();
  });

  test('the browser has nothing to complain about', () => {
    // A refused training is an answer with status 422, which the browser notes.
    expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
  });
});
