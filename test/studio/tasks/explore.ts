/** What one does in Explore. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fingersOn } from '../support/fingers.ts';
import {
  expectFragment,
  expectNoSidewaysScroll,
  type Opening,
  type Studio,
  settledFragment,
} from '../support/studio.ts';

export function exploreTasks(studio: () => Studio): void {
  const open = async (fragment: string, how?: Opening): Promise<Page> => {
    const page = await studio().open(`explore?${fragment}`, how);
    await page.locator('.plane-area').waitFor();
    await expect.poll(() => page.locator('.progress').count(), { timeout: 60_000 }).toBe(0);
    return page;
  };
  /** The decoded picture, as text. */
  const decoded = (page: Page) => page.evaluate("document.querySelector('.decoded').toDataURL()");
  const changed = async (page: Page, act: () => Promise<unknown>) => {
    const count = () => page.getAttribute('.decoded', 'data-count');
    const before = await count();
    const picture = await decoded(page);
    await act();
    await expect.poll(count, { timeout: 20_000 }).not.toBe(before);
    return { picture, now: await decoded(page) };
  };
  const areaOf = async (page: Page) => (await page.locator('.plane-area').boundingBox())!;
  const selected = (page: Page) => page.getByText(/\d+ images selected/);

  test('by mouse: decode, choose, zoom, select, walk; a reload shows the same', async () => {
    const page = await open(`run=${studio().ids.plane}`);
    const { x, y, width, height } = await areaOf(page);
    const middle = [x + width / 2, y + height / 2] as const;
    const { picture, now } = await changed(page, () => page.mouse.move(middle[0] - 150, middle[1] + 90));
    expect(now).not.toBe(picture);
    await page.mouse.move(...middle);
    await page.mouse.wheel(0, -900);
    await expectFragment(page, /at=/);

    // Drawn around all that is there.
    await page.getByRole('button', { name: 'Whole' }).click();
    await page.getByRole('button', { name: 'Lasso' }).click();
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
    const all = Number.parseInt((await selected(page).textContent())!, 10);
    const counts = (await page.locator('.counts tr').allInnerTexts()).map((row) => row.trim().split(/\s+/));
    expect(counts.map(([name]) => name).sort()).toEqual(['0', '1', '2']);
    expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(all);
    const [csv] = await Promise.all([page.waitForEvent('download'), page.click('text=Download CSV')]);
    expect(csv.suggestedFilename()).toMatch(/-selection\.csv$/);
    await page.locator('.sheet button').nth(4).click();
    await expectFragment(page, /image=4/);

    await page.click('.panels >> text=Image');
    await page.click('text=Walk from here');
    await page.fill('.walk-end >> nth=1 >> input', '9');
    await page.keyboard.press('Tab');
    await page.locator('[aria-label="Step 9"]').waitFor();
    const end = await changed(page, () => page.fill('[aria-label="Place on the walk"]', '8'));
    expect(end.now).not.toBe(end.picture);

    const shown = await settledFragment(page);
    await page.reload();
    await page.locator('[aria-label="Step 9"]').waitFor();
    await page.getByText(`Selection (${all})`).waitFor();
    expect(await settledFragment(page)).toBe(shown);
    await page.close();
  });

  test('by keyboard: arrow keys walk the plane, choose, select a box, sliders, paint', async () => {
    const page = await open(`run=${studio().ids.wide}`);
    await page.focus('.plane-area');
    const walked = await changed(page, () => page.keyboard.press('ArrowRight'));
    expect(walked.now).not.toBe(walked.picture);
    await page.keyboard.press('Enter');
    await expectFragment(page, /image=\d/);
    for (let i = 0; i < 6; i++) await page.keyboard.press('-');
    await page.keyboard.press('0');
    await page.keyboard.press('b');
    await page.keyboard.press('Shift+ArrowLeft');
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('b');
    await expectFragment(page, /lasso=/);
    await page.keyboard.press('Escape');
    await expectFragment(page, /lasso=/, false);

    await page.focus('.panels >> text=Sliders');
    await page.keyboard.press('Enter');
    const slid = await changed(page, async () => {
      await page.focus('[aria-label="Unit 1"]');
      await page.keyboard.press('End');
    });
    expect(slid.now).not.toBe(slid.picture);
    await expectFragment(page, /code=/);

    await page.focus('.panels >> text=Paint');
    await page.keyboard.press('Enter');
    await page.focus('.paint');
    await page.keyboard.press('ArrowRight');
    await changed(page, () => page.keyboard.press('0'));
    await page.getByText(/unit 2:/).waitFor();
    await page.close();
  });

  test('by touch at 360 px: the picture is above the finger, two fingers zoom, a finger draws the lasso', async () => {
    const page = await open(`run=${studio().ids.plane}`, { small: true });
    const fingers = await fingersOn(page);
    await page.locator('.plane-area').scrollIntoViewIfNeeded();
    const { x, y, width, height } = await areaOf(page);
    const middle = [x + width / 2, y + height / 2] as const;
    await fingers.tapAt(middle);
    await page.locator('.float.touched').waitFor();
    const float = (await page.locator('.float').boundingBox())!;
    expect(float.y + float.height).toBeLessThan(middle[1]);
    await fingers.pinch(middle, [20, 30, 50, 80]);
    await expectFragment(page, /at=/);

    await fingers.tap(page.getByRole('button', { name: 'Whole' }));
    await fingers.tap(page.getByRole('button', { name: 'Lasso' }));
    await page.locator('.plane-area').scrollIntoViewIfNeeded();
    const now = await areaOf(page);
    const [left, top, right, bottom] = [now.x + 3, now.y + 3, now.x + width - 3, now.y + height - 3];
    const middleDown = (top + bottom) / 2;
    await fingers.drag([
      [left, top],
      [left, middleDown],
      [left, bottom],
      [right, bottom],
      [right, middleDown],
      [right, top],
      [left + 20, top],
    ]);
    await selected(page).waitFor();
    for (const name of ['Sliders', 'Paint', 'Walk', 'Selection', 'Image']) {
      await fingers.tap(page.locator('.panels button', { hasText: name }));
      await expectNoSidewaysScroll(page);
    }
    await page.close();
  });

  test('wide codes in a space that is turned by mouse and keys, and by UMAP in its worker', async () => {
    const page = await open(`run=${studio().ids.wide}&plane=space`);
    const { x, y, width, height } = await areaOf(page);
    const turn = async () => /turn=([^&]*)/.exec(await settledFragment(page))?.[1];
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 80, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await expectFragment(page, /turn=/);
    const byMouse = await turn();
    const saved = async (kind: 'PNG' | 'SVG', what: 'space' | 'plane') => {
      const button = page.getByRole('button', { name: `Save the ${what} as ${kind}` });
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      expect(download.suggestedFilename()).toMatch(new RegExp(`-${what}\\.${kind.toLowerCase()}$`));
      return readFile(await download.path());
    };
    expect(String(await saved('SVG', 'space'))).toMatch(/<circle[^>]*fill="#/);
    await page.focus('.plane-area');
    await page.keyboard.press('ArrowUp');
    await expect.poll(turn).not.toBe(byMouse);
    await page.getByRole('combobox', { name: /^Plane/ }).selectOption('umap');
    await page.getByText(/^UMAP of \d+ codes/).waitFor();
    const images = Number(/^UMAP of (\d+)/.exec((await page.getByText(/^UMAP of/).textContent())!)![1]);
    const svg = String(await saved('SVG', 'plane'));
    // A dot for each image, and one for each class in the legend.
    expect(svg.match(/<circle/g)!.length).toBeGreaterThanOrEqual(images);
    expect(svg).toContain('>UMAP 1</text>');
    const png = await saved('PNG', 'plane');
    expect([...png.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join('')).toBe('PNG');
    await page.close();
  });
}
