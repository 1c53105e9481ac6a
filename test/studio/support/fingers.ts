/** Fingers on a page: what Chromium makes of touches, without a context that has nothing but a touch screen. */
import type { Locator, Page } from 'playwright-core';

type Place = readonly [x: number, y: number];

export interface Fingers {
  /** At its middle. */
  tap(target: Locator): Promise<void>;
  tapAt(place: Place): Promise<void>;
  /** One finger, down at the first place and up at the last; `before` is awaited before it is lifted. */
  drag(places: readonly Place[], before?: () => Promise<unknown>): Promise<void>;
  /** Two fingers beside a place, so many pixels from it. */
  pinch(middle: Place, apart: readonly number[]): Promise<void>;
}

export async function fingersOn(page: Page): Promise<Fingers> {
  const client = await page.context().newCDPSession(page);
  await client.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 });
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', places: readonly Place[] = []) =>
    client.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: places.map(([x, y], id) => ({ x, y, id })),
    });
  const tapAt = async (place: Place) => {
    // Sent together: what comes late on a busy machine is a long press.
    await Promise.all([send('touchStart', [place]), send('touchEnd')]);
  };
  return {
    tapAt,
    async tap(target) {
      // It is in view, at rest, and nothing covers it.
      await target.click({ trial: true });
      const { x, y, width, height } = (await target.boundingBox())!;
      await tapAt([x + width / 2, y + height / 2]);
    },
    async drag([first, ...others], before = async () => {}) {
      await send('touchStart', [first!]);
      for (const place of others) await send('touchMove', [place]);
      await before();
      // A finger that is lifted at rest: a tap soon after a swipe only ends the swipe.
      await page.waitForTimeout(200);
      await send('touchEnd');
      await page.waitForTimeout(400);
    },
    async pinch([x, y], apart) {
      const at = (each: number): Place[] => [-1, 1].map((side) => [x + side * each, y]);
      for (const [i, each] of apart.entries()) await send(i === 0 ? 'touchStart' : 'touchMove', at(each));
      await send('touchEnd');
    },
  };
}
