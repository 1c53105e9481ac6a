/** What one does in Try. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fingersOn } from '../support/fingers.ts';
import { expectAccessible, expectFragment, expectNoSidewaysScroll, type Studio } from '../support/studio.ts';

export function tryTasks(studio: () => Studio): void {
  const verdict = (page: Page) => page.locator('.verdict > p').first();
  const answered = (page: Page) => page.locator('.verdict > p', { hasText: /score/i }).first().waitFor();
  const nothingYet = (page: Page) => page.getByText('Nothing is drawn yet').waitFor();
  const flagged = (page: Page) => page.getByText(/ images are flagged/);
  /** How many of how many. */
  const counts = async (page: Page): Promise<[number, number]> => {
    const [, some, all] = /([\d,]+) of ([\d,]+) images/.exec((await flagged(page).textContent())!)!;
    const number = (text: string) => Number(text.replaceAll(',', ''));
    return [number(some!), number(all!)];
  };
  const openAnomalies = async (small = false) => {
    const page = await studio().open(`try?run=${studio().ids.plane}&mode=anomalies`, { small });
    await flagged(page).waitFor();
    return { page, slider: page.getByRole('slider', { name: 'Threshold' }) };
  };
  const expectShare = (page: Page, fits: (share: number) => boolean) =>
    expect
      .poll(
        async () => {
          const [some, all] = await counts(page);
          return fits(some / all);
        },
        { timeout: 20_000 },
      )
      .toBe(true);

  test('by mouse: a drawing is looked at, kept in the address, undone and cleared', async () => {
    const page = await studio().open(`try?run=${studio().ids.plane}`);
    const pad = page.locator('.pad canvas');
    await nothingYet(page);
    const box = (await pad.boundingBox())!;
    const stroke = async () => {
      await page.mouse.move(box.x + 40, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + 120, box.y + 60, { steps: 6 });
      await page.mouse.move(box.x + 60, box.y + 200, { steps: 6 });
      await page.mouse.up();
    };
    await stroke();
    await answered(page);
    await page.getByText('like the digits of MNIST.').waitFor();
    await expectFragment(page, /draw=/);
    const said = await verdict(page).textContent();
    await page.reload();
    await answered(page);
    expect(await verdict(page).textContent()).toBe(said);
    await page.getByText(/^z1 = /).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Undo' }).click();
    await nothingYet(page);
    await stroke();
    await answered(page);
    await page.getByRole('button', { name: 'Clear' }).click();
    await nothingYet(page);
    await page.close();
  });

  test('by keyboard: a pen of arrow keys, a test image, noise', async () => {
    const page = await studio().open(`try?run=${studio().ids.plane}`);
    await page.getByRole('application', { name: 'Drawing' }).focus();
    for (const key of ['Shift+ArrowUp', 'Space', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Space']) {
      await page.keyboard.press(key);
    }
    await answered(page);
    await page.keyboard.press('Control+z');
    await nothingYet(page);
    await page.getByLabel(/^Test image, 0 to \d+/).fill('17');
    await answered(page);
    await page.getByText(/^class [012]$/).waitFor();
    await page.getByLabel('Gaussian noise').focus();
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
    await page.getByText('distance from the picture without noise').waitFor();
    await expectFragment(page, /noise=0\.2/);
    await page.close();
  });

  test('by touch at 360 px: what the finger hides is shown next to it', async () => {
    const page = await studio().open(`try?run=${studio().ids.plane}`, { small: true });
    const pad = page.locator('.pad canvas');
    await pad.waitFor();
    await expectNoSidewaysScroll(page);
    await pad.scrollIntoViewIfNeeded();
    const { x, y } = (await pad.boundingBox())!;
    const fingers = await fingersOn(page);
    await fingers.drag(
      Array.from({ length: 9 }, (_, i) => [x + 60 + 15 * i, y + 60 + 12 * i] as const),
      () => page.locator('.loupe').waitFor(),
    );
    await page.locator('.loupe').waitFor({ state: 'detached' });
    await answered(page);
    await fingers.tap(page.getByRole('button', { name: 'Undo' }));
    await nothingYet(page);
    await fingers.tap(page.getByRole('button', { name: 'Any', exact: true }));
    await answered(page);
    await expectNoSidewaysScroll(page);
    await page.close();
  });

  test('anomalies by mouse: the threshold is dragged, classes are counted, an image is looked at, scores are saved', async () => {
    const { page, slider } = await openAnomalies();
    const before = await flagged(page).textContent();
    const box = (await slider.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 12, box.y + 50, { steps: 4 });
    await page.mouse.up();
    await expectShare(page, (share) => share > 0.9);
    await page.getByRole('button', { name: 'Threshold at 99 %' }).click();
    await page.getByText(before!).waitFor();
    await page.getByRole('checkbox', { name: '1', exact: true }).uncheck();
    await page.getByText(/^AUROC [01]\.\d{3}/).waitFor();
    await page.locator('.tiles button').first().click();
    await page.getByText('Input with the mask').waitFor();
    await page.getByLabel('Opacity of the mask').fill('0.8');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download scores as CSV' }).click();
    expect((await download).suggestedFilename()).toMatch(/^scores-.*\.csv$/);
    await expectAccessible(page);
    await page.reload();
    await page.getByText('Input with the mask').waitFor();
    await page.close();
  });

  test('anomalies by keyboard: the threshold by keys, an image by Enter', async () => {
    const { page, slider } = await openAnomalies();
    await slider.focus();
    await page.keyboard.press('Home');
    await expectShare(page, (share) => share === 1);
    await page.keyboard.press('End');
    await expectShare(page, (share) => share < 0.1);
    const [few] = await counts(page);
    for (let i = 0; i < 17; i++) await page.keyboard.press('PageDown');
    await expectShare(page, (share) => share > 0.1);
    expect((await counts(page))[0]).toBeGreaterThan(few);
    await page.locator('.tiles button').first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('Input with the mask').waitFor();
    await page.close();
  });

  test('anomalies by touch at 360 px: a finger drags the threshold and chooses an image', async () => {
    const { page, slider } = await openAnomalies(true);
    const fingers = await fingersOn(page);
    await slider.scrollIntoViewIfNeeded();
    const { x, y, width } = (await slider.boundingBox())!;
    const down = y + 60;
    const scrolled = await page.evaluate('scrollY');
    const [from, to] = [x + width / 2, x + 12];
    await fingers.drag(Array.from({ length: 9 }, (_, i) => [from + ((to - from) * i) / 8, down] as const));
    await expectShare(page, (share) => share > 0.9);
    await fingers.drag(
      Array.from({ length: 9 }, (_, i) => [to + ((x + width - 12 - to) * i) / 8, down + 3 * i] as const),
    );
    await expectShare(page, (share) => share < 0.1);
    expect(await page.evaluate('scrollY')).toBe(scrolled);
    await fingers.tap(page.locator('.tiles button').first());
    await page.getByText('Input with the mask').waitFor();
    await expectNoSidewaysScroll(page);
    await page.close();
  });
}
