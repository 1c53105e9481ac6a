/** The focus is seen wherever Tab leads, and nothing moves for a reader who wants less motion. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Studio, tabTo } from '../support/studio.ts';

/** What is focused, and whether it looks otherwise than without the focus; null on the page itself. */
const FOCUSED = `(() => {
  const it = document.activeElement;
  if (it === null || it === document.body) return null;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(it);
  const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && !/rgba\\(.*, 0\\)/.test(outlineColor);
  const { width, height } = it.getBoundingClientRect();
  const name = it.tagName + ' ' + (it.ariaLabel ?? it.labels?.[0]?.textContent ?? it.textContent).trim().slice(0, 40);
  return { name, isSeen: isSeen && width > 0 && height > 0 };
})()`;

/** Animations that run, and elements with a transition. */
const MOVING = `[
  ...document.getAnimations().map((each) => each.animationName ?? each.transitionProperty ?? 'script'),
  ...[...document.querySelectorAll('*')]
    .filter((it) => getComputedStyle(it).transitionDuration.split(', ').some((text) => parseFloat(text) > 0))
    .map((it) => it.className),
]`;

const MOST_STOPS = 90;

export function senseTasks(studio: () => Studio): void {
  const VIEWS = ['train', 'run', 'explore', 'try', 'anomalies', 'compare', 'learn'] as const;
  /** Opens a view once what is in it is there. */
  async function opened(name: (typeof VIEWS)[number]): Promise<Page> {
    const { plane, wide } = studio().ids;
    const [fragment, shown] = {
      train: ['train?recipe=vae', '#recipe'],
      run: [`train?recipe=vae&run=${plane}`, '.verdict'],
      explore: [`explore?run=${plane}&image=1&panel=walk`, '.plane-area'],
      try: [`try?run=${plane}&image=2`, '.verdict > p'],
      anomalies: [`try?run=${plane}&mode=anomalies&at=3`, '.threshold, [aria-label="Threshold"]'],
      compare: [`compare?runs=${plane},${wide}`, '.curves canvas'],
      learn: [`learn?tour-name=vae&tour-step=4&tour-runs=plain:${wide},vae:${plane}`, '.tour'],
    }[name] as [string, string];
    const page = await studio().open(fragment);
    await page.locator(shown).first().waitFor();
    return page;
  }

  test('in every view the focus is visible at every stop of Tab, and with reduced motion nothing moves', async () => {
    for (const view of VIEWS) {
      const page = await opened(view);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      expect(await page.evaluate(MOVING), view).toEqual([]);
      const stops: string[] = [];
      const unseen: string[] = [];
      for (let i = 0; i < MOST_STOPS; i++) {
        await page.keyboard.press('Tab');
        const found = await page.evaluate<{ name: string; isSeen: boolean } | null>(FOCUSED);
        if (found === null) break;
        stops.push(found.name);
        if (!found.isSeen) unseen.push(found.name);
      }
      expect(unseen, view).toEqual([]);
      // The five views, and controls of its own.
      expect(stops.length, view).toBeGreaterThan(8);
      await page.close();
    }
  });

  test('with reduced motion a walk goes a step a second', async () => {
    const page = await studio().open(`explore?run=${studio().ids.plane}&from=1&to=2&panel=walk`);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const place = page.getByLabel('Place on the walk');
    await place.waitFor();
    await tabTo(page, 'Play', 120);
    const begun = Date.now();
    await page.keyboard.press('Enter');
    await expect.poll(() => place.inputValue()).toBe('2');
    // Two steps take two seconds at least, however busy the machine is.
    expect(Date.now() - begun).toBeGreaterThan(1900);
    await page.close();
  });
}
