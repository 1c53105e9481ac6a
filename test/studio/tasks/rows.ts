/** Tables: a CSV is added, its columns are looked at, it is trained on. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectAccessible, expectFragment, expectNoSidewaysScroll, type Studio } from '../support/studio.ts';

/** Twice the width is the height, except in every 24th row. One column has gaps, one has a single value. */
const LINES = Array.from({ length: 240 }, (_, i) => {
  const width = 10 + ((i * 37) % 101) / 100;
  const height = 2 * width + (i % 24 === 5 ? 3 : 0);
  const steel = (i * i) % 7 < 3 ? 'A2' : 'A4';
  return [width, i % 17 === 3 ? '' : height, steel, 3, i % 24 === 5 ? 'odd' : 'good'].join(',');
});
const TABLE = `width,height,steel,place,kind\n${LINES.join('\n')}\n`;

const csv = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

export function rowTasks(studio: () => Studio): void {
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  test('a table is added, described and trained on; unusual rows are found, and one is typed in', async () => {
    const page = await studio().open('train?recipe=vae&training.epochs=2');
    await page.getByLabel('Own data').setInputFiles(csv('parts.csv', TABLE));
    await page.getByText('vae is for images, and parts.csv is a table.').waitFor();
    expect(await button(page, 'Train').isDisabled()).toBe(true);
    await button(page, 'Use the recipe table').click();
    await page.getByText('There are missing values (height)').waitFor();
    await page.getByLabel('Missing values').selectOption('mean');
    await page.getByLabel('Label').selectOption('kind');
    await page.getByLabel('Train on').selectOption('good');
    await expectFragment(page, /data\.normal=/);
    const columns = page.locator('.columns-found .columns');
    await expect.poll(() => columns.textContent()).toMatch(/steel ?category: A[24], A[24]/);
    expect(await columns.textContent()).toContain('left out: the same value in all training rows');
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await button(page, 'Train').click();
    await page.locator('.verdict').waitFor();
    await page.locator('.row-table').first().waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    expect(await page.getByText('Filters of the first layer').count()).toBe(0);
    await page.getByRole('link', { name: 'Find unusual rows' }).click();
    await page.getByText('test rows are flagged').first().waitFor();
    await page.getByText(/AUROC \d/).waitFor();
    await page.locator('.row-list tbody button').first().click();
    await page.locator('.judged-row .row-table').waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    const saved = page.waitForEvent('download');
    await button(page, 'Download scores as CSV').click();
    expect((await saved).suggestedFilename()).toMatch(/^scores-table.*\.csv$/);
    await page.getByLabel('One row').check();
    const verdict = page.locator('.judged-row [role=status]');
    await verdict.waitFor();
    const height = page.getByLabel('height', { exact: true });
    await height.fill('31');
    await expect.poll(() => verdict.textContent()).toContain('Unusual');
    await page.getByText('Your row, from test row').waitFor();
    await expect.poll(() => page.locator('.judged-row tbody').textContent()).toMatch(/height31/);
    await height.fill('tall');
    await page.getByText("column 'height': must be a number, got tall").waitFor();
    await expectAccessible(page);
    await page.close();
  });

  test('a recipe for tables with images is refused at the data; a table that cannot be read says where', async () => {
    const page = await studio().open('train?recipe=table');
    await page.getByText('table is for rows of a table, and Handwritten digits are images').waitFor();
    expect(await button(page, 'Train').isDisabled()).toBe(true);
    const dates = Array.from({ length: 30 }, (_, i) => `2026-01-${i + 1},${i * i}`).join('\n');
    await page.getByLabel('Own data').setInputFiles(csv('days.csv', `day,x\n${dates}\n`));
    await page.getByText(/^days\.csv, column 'day': must not be dates or times/).waitFor();
    await button(page, 'Leave day out').click();
    await page.getByText('left out by a setting').waitFor();
    await page.close();
  });
}
