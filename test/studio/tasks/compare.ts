/** What one does in Compare. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fingersOn } from '../support/fingers.ts';
import {
  expectAccessible,
  expectFragment,
  expectNoSidewaysScroll,
  type Opening,
  type Studio,
  settledFragment,
  tabTo,
} from '../support/studio.ts';

export function compareTasks(studio: () => Studio): void {
  const open = async (fragment = '', how?: Opening) => {
    const page = await studio().open(`compare${fragment}`, how);
    await page.locator('.runs tbody tr').first().waitFor();
    return page;
  };
  const rows = (page: Page) => page.locator('.runs tbody tr');
  const names = (page: Page) => page.locator('.runs tbody .name').allTextContents();
  const head = (page: Page, name: string) => page.locator('thead').getByRole('button', { name, exact: true });
  const box = (page: Page, name: string) =>
    page.getByRole('checkbox', { name: `Choose ${name}`, exact: true });
  const part = (page: Page, name: string | RegExp) => page.getByRole('region', { name });
  const numeric = new Intl.Collator('en', { numeric: true });

  test('by mouse: sort, filter, tag, choose; curves, figures, differences; a reload shows the same', async () => {
    const { plane, wide } = studio().names;
    const page = await open();
    await head(page, 'Run').click();
    await expectFragment(page, /sort=name/);
    const rising = await names(page);
    expect(rising).toEqual(rising.toSorted(numeric.compare));
    await head(page, 'Run').click();
    await expectFragment(page, /sort=-name/);
    expect(await names(page)).toEqual(rising.toReversed());
    await head(page, 'MSE').click();
    await page.locator('th[aria-sort="ascending"]', { hasText: 'MSE' }).waitFor();
    const errors = await page.locator('.runs td[data-title="MSE"]').allTextContents();
    expect(errors.map(Number)).toEqual(errors.map(Number).toSorted((a, b) => a - b));

    await page.getByRole('searchbox', { name: 'Filter' }).fill('QUICK');
    await expect.poll(() => names(page)).toEqual([wide]);
    await page.getByText(/^1 of \d+$/).waitFor();
    await page.getByRole('button', { name: `Add a tag to ${wide}` }).click();
    await page.getByLabel(`A tag for ${wide}`).fill('baseline');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: `Remove the tag baseline of ${wide}` }).waitFor();
    await page.getByRole('searchbox', { name: 'Filter' }).fill('baseline');
    await expectFragment(page, /words=baseline/);
    await page.reload();
    await expect.poll(() => names(page)).toEqual([wide]);
    await page.getByRole('button', { name: `Remove the tag baseline of ${wide}` }).click();
    await page.getByText('No run has all these words.').waitFor();
    await page.getByRole('searchbox', { name: 'Filter' }).fill('');

    await box(page, plane).click();
    await box(page, wide).click();
    const curves = page.locator('.curves [role=img]');
    await expect.poll(() => curves.getAttribute('aria-label')).toContain(`${wide}, validation: now`);
    expect(await curves.getAttribute('aria-label')).toContain(`${plane}, training: now`);
    await page.getByRole('combobox', { name: /^Curve/ }).selectOption('klDivergence');
    await page.getByLabel('logarithmic').check();
    const [drawn] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the curves as SVG' }).click(),
    ]);
    const svg = String(await readFile(await drawn.path()));
    expect(svg.match(/<polyline points="\d/g)!.length).toBeGreaterThan(1);
    expect(svg).toContain(`${plane}, validation`);
    const differences = part(page, 'Settings that differ');
    await differences.getByText('model.code.units').waitFor();
    expect(await differences.textContent()).not.toContain('training.epochs');
    expect(
      await part(page, /^Figures on the test split/)
        .locator('.best')
        .count(),
    ).toBeGreaterThan(0);
    await expectFragment(page, /curve=klDivergence&scale=log/);
    await expectAccessible(page);

    const shown = await settledFragment(page);
    await page.reload();
    await part(page, 'Settings that differ').waitFor();
    expect(await box(page, plane).isChecked()).toBe(true);
    expect(await page.getByRole('combobox', { name: /^Curve/ }).inputValue()).toBe('klDivergence');
    expect(await page.getByLabel('logarithmic').isChecked()).toBe(true);
    expect(await settledFragment(page)).toBe(shown);
    await page.getByRole('button', { name: 'Choose none' }).click();
    await page.getByText('Choose runs in the table').waitFor();
    await page.close();
  });

  test('a finished run: its files are downloaded, and it is chosen where runs are compared', async () => {
    const page = await studio().open(`train?run=${studio().ids.plane}`);
    const kinds = { model: /-model\.zip$/, recipe: /\.json$/, report: /-report\.html$/ };
    for (const [what, name] of Object.entries(kinds)) {
      const button = page.getByRole('button', { name: `Download the ${what}` });
      if (what === 'report' && studio().kind === 'page') {
        expect(await button.count()).toBe(0);
        continue;
      }
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      expect(download.suggestedFilename()).toMatch(name);
    }
    await page.getByRole('link', { name: 'Compare with other runs' }).click();
    await box(page, studio().names.plane).waitFor();
    expect(await box(page, studio().names.plane).isChecked()).toBe(true);
    await page.close();
  });

  test('by keyboard: sort, choose, tag; a deletion is asked about, and goes on in the table', async () => {
    await studio().copies('wide', ['doomed']);
    const page = await open('?sort=name&words=doomed');
    await page.getByRole('searchbox').focus();
    await tabTo(page, /^Run/);
    await page.keyboard.press('Enter');
    await expectFragment(page, /sort=-name/);
    await tabTo(page, 'Choose doomed');
    await page.keyboard.press('Space');
    await page.locator('.curves canvas').waitFor();
    await page.getByRole('button', { name: 'Add a tag to doomed' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('no tag');
    await page.keyboard.press('Escape');
    expect(await page.locator('.tag').count()).toBe(0);
    await tabTo(page, 'Delete doomed');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Delete doomed?' });
    await dialog.waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await rows(page).count()).toBe(1);
    // The focus is where it was.
    await expect.poll(() => page.evaluate('document.activeElement.ariaLabel')).toBe('Delete doomed');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Delete');
    await page.keyboard.press('Enter');
    await page.getByText('No run has all these words.').waitFor();
    await expectFragment(page, /runs=/, false);
    await page.close();
  });

  test('by touch at 360 px, on dark: runs are cards; sort by anything, choose, keep, delete', async () => {
    await studio().copies('wide', ['doomed']);
    const page = await open('?words=doomed', { small: true, dark: true });
    const fingers = await fingersOn(page);
    await expectNoSidewaysScroll(page);
    // There are no heads to tap; a list has every order.
    await page.getByRole('searchbox').fill('');
    const order = page.getByLabel('Sort by');
    for (const [key, first] of [
      ['name', ''],
      ['recipe', ''],
      ['dataset', ''],
      ['state', ''],
      ['epoch', ''],
      ['parameters', ''],
      ['startedAt', '-'],
      ['figure:mse', ''],
      ['figure:ssim', '-'],
    ] as const) {
      await fingers.tap(order);
      await order.selectOption(key);
      await expectFragment(page, new RegExp(`sort=${first}${encodeURIComponent(key)}(&|$)`));
    }
    await order.selectOption('name');
    const rising = (await names(page)).toSorted(numeric.compare);
    await expect.poll(() => names(page)).toEqual(rising);
    await fingers.tap(page.getByRole('button', { name: 'Reverse the order' }));
    await expect.poll(() => names(page)).toEqual(rising.toReversed());
    await page.getByRole('searchbox').fill('doomed');
    await fingers.tap(box(page, 'doomed'));
    await page.locator('.curves canvas').waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await fingers.tap(page.getByRole('button', { name: 'Delete doomed' }));
    await fingers.tap(page.getByRole('button', { name: 'Keep it' }));
    expect(await rows(page).count()).toBe(1);
    await fingers.tap(page.getByRole('button', { name: 'Delete doomed' }));
    await fingers.tap(page.getByRole('button', { name: 'Delete', exact: true }));
    await page.getByText('No run has all these words.').waitFor();
    await page.close();
  });

  test('twenty more runs: listed, found, ten of them side by side', async () => {
    const copies = Array.from({ length: 20 }, (_, i) => `copy-${i + 1}`);
    await studio().copies('plane', copies);
    const page = await open('?sort=name&words=copy');
    await page.getByText(/^20 of \d+$/).waitFor();
    // Numbers in names count as numbers.
    expect(await names(page)).toEqual(copies);
    for (const name of copies.slice(0, 11)) await box(page, name).click();
    await page.getByText(/; 10 chosen$/).waitFor();
    // The first one has made room.
    expect(await box(page, 'copy-1').isChecked()).toBe(false);
    await page.getByText('Their settings are the same.').waitFor();
    await expectNoSidewaysScroll(page);
    for (const view of ['Explore', 'Try'] as const) {
      await page.getByRole('link', { name: view, exact: true }).first().click();
      const runs = page.locator('main select').first().locator('option');
      await expect.poll(() => runs.count(), { timeout: 20_000 }).toBeGreaterThanOrEqual(22);
      await expectNoSidewaysScroll(page);
    }
    await page.close();
    await studio().removeCopies(copies);
  });
}
