/** Tables: a CSV is added, its columns are looked at, it is trained on. */
import { readFile } from 'node:fs/promises';
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

  test('codes of rows are explored: a row, a column as colour, a selection, a walk', async () => {
    const page = await studio().open('train?recipe=table&training.epochs=2&model.code.units=2');
    await page.getByLabel('Own data').setInputFiles(csv('codes.csv', TABLE));
    await page.getByLabel('Missing values').selectOption('mean');
    await page.getByLabel('Label').selectOption('kind');
    await button(page, 'Train').click();
    await page.getByRole('link', { name: 'Explore its code' }).click();
    const area = page.locator('.plane-area');
    await area.waitFor();
    await expect.poll(() => page.locator('.bar .progress').count()).toBe(0);
    const row = page.locator('.decoded-row tbody');
    const { x, y, width, height } = (await area.boundingBox())!;

    // By mouse: the plane decodes to rows, and a lasso holds rows.
    await page.mouse.move(x + width / 3, y + height / 3);
    await page.getByText(/unit 1 = .*, unit 2 = /).waitFor();
    const before = await row.innerText();
    await page.mouse.move(x + width - 20, y + height - 20);
    await expect.poll(() => row.innerText()).not.toBe(before);
    await button(page, 'Lasso').click();
    await page.mouse.move(x + 3, y + 3);
    await page.mouse.down();
    for (const [dx, dy] of [
      [width - 3, 3],
      [width - 3, height - 3],
      [3, height - 3],
    ] as const) {
      await page.mouse.move(x + dx, y + dy, { steps: 3 });
    }
    await page.mouse.up();
    await page.getByText(/\d+ rows selected/).waitFor();
    expect(await page.locator('.panel .row-table').innerText()).toMatch(/steel\s+A[24] \(\d+ %\)/);
    const saved = page.waitForEvent('download');
    await button(page, 'Download CSV').click();
    const text = await readFile(await (await saved).path(), 'utf8');
    expect(text).toMatch(/^row,class,width,height,steel\r\n\d+,(good|odd),1\d/);
    await button(page, 'Look').click();
    await page.locator('.sheet button').nth(4).click();
    await expectFragment(page, /image=\d/);

    // By keys: where the row lies, Enter chooses it again; its neighbours follow.
    await page.reload();
    await area.focus();
    await page.keyboard.press('Escape');
    await expectFragment(page, /image=/, false);
    await page.keyboard.press('Enter');
    await expectFragment(page, /image=\d/);
    await page.locator('.panels button', { hasText: 'Row' }).click();
    await page.getByText(/^(Like the training rows|Unusual): score/).waitFor();
    await expect.poll(() => page.locator('.near tbody tr').count()).toBe(10);
    expect(await page.locator('.plane-points').getAttribute('data-as')).toBe('dots');
    await button(page, 'Walk from here').click();
    const end = page.locator('.walk-end input').nth(1);
    await end.fill(text.split('\r\n')[3]!.split(',')[0]!);
    await expect.poll(() => page.locator('.panel .row-table thead th').count()).toBe(6);

    // Columns colour by their names.
    const colour = page.locator('label', { hasText: /^Colour/ }).locator('select');
    await colour.selectOption('column steel');
    await page.locator('.legend').getByText('A2', { exact: true }).waitFor();
    await colour.selectOption('column height');
    await page.locator('.colour-bar').getByText('missing').waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    for (const panel of ['Walk', 'Selection', 'Sliders', 'Row']) {
      await page.locator('.panels button', { hasText: panel }).click();
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    }
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
