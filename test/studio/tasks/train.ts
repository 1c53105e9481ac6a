/** What Train is given besides the digits and settings of train.test.ts: other kinds of recipes, pictures of the user. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { encodePng } from '../../../src/codecs/png.ts';
import { expectFragment, type Studio } from '../support/studio.ts';

/** Recipes whose codes or losses are unlike those of the others. They train for as long as it takes to make some steps. */
const FEW = JSON.stringify([{ type: 'dense', units: 16, activation: 'relu' }]);
const SMALL_DENSE = { 'model.encoder': FEW, 'model.decoder': FEW };
const MAPS = [
  JSON.stringify([{ type: 'conv', channels: 4, kernel: 3, stride: 2, activation: 'relu' }]),
  JSON.stringify([{ type: 'convTranspose', channels: 4, kernel: 4, stride: 2, activation: 'relu' }]),
] as const;
const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fsq: { ...SMALL_DENSE, 'model.code.units': '8' },
  vq: SMALL_DENSE,
  inspect: { 'model.encoder': MAPS[0], 'model.decoder': MAPS[1] },
};
const SHORT = { 'data.classes': '[0]', 'training.epochs': '1', 'training.batchSize': '100' };

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const finished = (page: Page) => page.locator('.verdict').waitFor({ timeout: 120_000 });

export function trainTasks(studio: () => Studio): void {
  test.each(Object.entries(KINDS))('%s is trained, and its code explored', async (recipe, settings) => {
    const page = await studio().open(`train?${new URLSearchParams({ recipe, ...SHORT, ...settings })}`);
    await button(page, 'Train').click();
    await finished(page);
    await page.getByRole('link', { name: 'Explore its code' }).click();
    await page.locator('.plane-area').waitFor();
    await page.locator('.plane-area').focus();
    await page.keyboard.press('Enter');
    await expectFragment(page, /image=\d/);
    expect(await page.locator('.failed').allTextContents()).toEqual([]);
    await page.close();
  });

  test('own pictures are added and trained on, and explored; the run is trained again with another seed', async () => {
    const page = await studio().open('train?recipe=basic&training.epochs=1');
    const files = Array.from({ length: 24 }, (_, i) => ({
      name: `picture-${i}.png`,
      mimeType: 'image/png',
      buffer: Buffer.from(
        encodePng({
          width: 8,
          height: 8,
          channels: 1,
          data: Uint8Array.from({ length: 64 }, (_, at) => (i % 3 === at % 3 ? 200 : (7 * i) % 50)),
        }),
      ),
    }));
    await page.getByLabel('Own data').setInputFiles(files);
    await expectFragment(page, /data=/);
    await button(page, 'Train').click();
    await finished(page);
    const id = new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('run')!;
    await page.goto(`${studio().hosted.url}#explore?run=${id}&split=all`);
    await page.locator('.plane-area').waitFor();
    await expect.poll(() => page.locator('.failed').allTextContents()).toEqual([]);
    await page.goto(`${studio().hosted.url}#train?recipe=basic&run=${id}`);
    await button(page, 'With a new seed').click();
    await expect.poll(() => page.url()).not.toContain(id);
    await finished(page);
    await page.close();
  });
}
