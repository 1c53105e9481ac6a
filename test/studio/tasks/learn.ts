/** The guided tours, from their first step to their last one. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { TOURS } from '../../../studio/views/learn/tours/index.ts';
import { fingersOn } from '../support/fingers.ts';
import {
  expectAccessible,
  expectFragment,
  expectNoSidewaysScroll,
  type Studio,
  tabTo,
} from '../support/studio.ts';

/** Where the tours really train: nine models, each for one epoch on two classes; some minutes. */
const TRAINS = process.env.HOURGLASS_TOURS === 'train';
const SHORT = { 'training.epochs': 1, 'data.classes': [3, 4] };

/** Trainings that this page asks for are short; or it is given a run that is there already, of the same kind of code. */
async function shorten(page: Page, { ids }: Studio): Promise<void> {
  await page.route('**/api/runs', async (route) => {
    const request = route.request();
    if (request.method() !== 'POST') return route.fallback();
    const body = request.postDataJSON() as { set: Record<string, unknown> };
    if (TRAINS) {
      return route.fallback({ postData: JSON.stringify({ ...body, set: { ...body.set, ...SHORT } }) });
    }
    const isVariational = JSON.stringify(body.set).includes('gaussian","units"');
    return route.fulfill({ json: { id: isVariational ? ids.plane : ids.wide } });
  });
}

/** What a view shows once it has loaded what it was given. */
const SHOWN: Readonly<Record<string, string>> = {
  explore: '.plane-area',
  try: '.verdict .hint',
  compare: '.sides',
};

export function learnTasks(studio: () => Studio): void {
  test('by touch at 360 px, on dark: the place is in the address, other views keep it, and it can be left', async () => {
    const page = await studio().open('learn', { small: true, dark: true });
    const fingers = await fingersOn(page);
    await fingers.tap(page.getByRole('button', { name: 'Start (5 steps): What is a code?' }));
    await page.getByText('step 1 of 5').waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await fingers.tap(page.getByRole('button', { name: 'Next', exact: true }));
    await page.getByText('This step needs a model that an earlier step trains').waitFor();
    await fingers.tap(page.getByRole('link', { name: 'Try' }));
    await page.getByText('step 2 of 5').waitFor();
    await page.reload();
    await page.getByText('step 2 of 5').waitFor();
    await page.goto(
      `${studio().hosted.url}#learn?tour-name=code&tour-step=4&tour-runs=plain:${studio().ids.plane}`,
    );
    await fingers.tap(page.getByRole('button', { name: 'Draw an asterisk' }));
    await expectFragment(page, /#try\?run=[^&]+&draw=/);
    await page.locator('.verdict > p', { hasText: /score/i }).first().waitFor();
    await fingers.tap(page.getByRole('button', { name: 'Leave the tour' }));
    await page.getByText('step 4 of 5').waitFor({ state: 'detached' });
    await expectFragment(page, /tour/, false);
    await page.close();
  });

  test('by keyboard: steps that need a run wait for it, and the end is the list of tours', async () => {
    const { plane, wide } = studio().ids;
    const page = await studio().open(`learn?tour-name=vae&tour-step=4&tour-runs=plain:${wide},vae:${plane}`);
    const enabled = page.locator('.tour button.primary:enabled');
    await enabled.waitFor();
    await tabTo(page, 'Show the plane of the VAE');
    await page.keyboard.press('Enter');
    await page.locator('.plane-area').waitFor();
    await page.locator('.tour h2').focus();
    await tabTo(page, 'Next');
    await page.keyboard.press('Enter');
    await page.getByText('step 5 of 5').waitFor();
    // The heading of the new step has the focus: it is read out, and the next Tab is its button.
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('What it costs');
    await enabled.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Settings that differ' }).waitFor();
    await tabTo(page, 'Finish', 200);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Learn', exact: true }).waitFor();
    await page.close();
  });

  test('every tour, every step', { timeout: TRAINS ? 900_000 : 240_000 }, async () => {
    // Only a request over HTTP can be made short.
    if (studio().kind === 'page') return;
    const page = await studio().open('learn');
    await shorten(page, studio());
    for (const { title, steps } of TOURS) {
      await page.getByRole('button', { name: `Start (${steps.length} steps): ${title}` }).click();
      for (const [i, step] of steps.entries()) {
        const { action } = step;
        await page.getByText(`${title}, step ${i + 1} of ${steps.length}`).waitFor();
        await page.locator('.tour').getByRole('button', { name: action.label, exact: true }).click();
        if (action.type === 'train') {
          await page.getByText('The model is trained.').waitFor({ timeout: 120_000 });
          await page.locator('.curves canvas').first().waitFor();
        } else {
          const view = action.type === 'compare' ? 'compare' : action.view;
          await expectFragment(page, new RegExp(`^#${view}\\?`));
          for (const [name, value] of Object.entries(action.parameters ?? {})) {
            const shown = new URLSearchParams((await page.evaluate<string>('location.hash')).split('?')[1]);
            expect(shown.get(name), `${title}, ${step.title}`).toBe(String(value));
          }
          await page.locator(SHOWN[view]!).first().waitFor();
        }
        expect(await page.locator('.failed').allTextContents(), `${title}, ${step.title}`).toEqual([]);
        const last = i === steps.length - 1;
        await page.getByRole('button', { name: last ? 'Finish' : 'Next', exact: true }).click();
      }
      await page.getByRole('heading', { name: 'Learn', exact: true }).waitFor();
    }
    await page.close();
  });
}
