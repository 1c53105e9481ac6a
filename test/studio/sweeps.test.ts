/** The sweeps of the studio's page in Chromium: one that runs, one that is finished, one that cannot be read. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { journalOf } from '../../src/jobs/sweep/folder.ts';
import { beginSweep } from '../../src/jobs/sweep/start.ts';
import { distributionOf, type Plan, parseSpace } from '../../src/sweeps/index.ts';
import {
  createTrial,
  lineOf,
  type Operation,
  setIntermediate,
  setParameter,
} from '../../src/sweeps/study.ts';
import { madeJournal } from '../../src/sweeps/testing.ts';
import { startBrowser } from '../support/browser.ts';
import { startStudio } from './support/hosts.ts';
import { expectAccessible, expectFragment, expectNoSidewaysScroll, tabTo } from './support/studio.ts';

const { space } = parseSpace({
  'model.code.units': [8, 16, 32],
  'training.optimiser.learningRate': 'log:1e-4..1e-2',
});
const SMALL = { viewport: { width: 360, height: 740 }, hasTouch: true };

const started = await startBrowser();
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';

describe.skipIf(typeof started === 'string')(`sweeps in Chromium${skipped}`, () => {
  let folder: string;
  let plan: Plan;
  let grown: string;
  let studio: Awaited<ReturnType<typeof startStudio>>;
  const complaints: string[] = [];
  const pages: Page[] = [];

  const begin = (name: string, trials: number) =>
    beginSweep('quick', { space, search: 'random', trials, out: join(folder, 'sweeps', name) });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hourglass-studio-sweeps-'));
    const finished = await begin('units', 30);
    plan = finished.plan;
    grown = journalOf(finished.folder);
    await writeFile(grown, madeJournal(plan, { trials: 30, epochs: 6 }));
    const broken = await begin('broken', 3);
    await writeFile(join(broken.folder, 'sweep.json'), '{"nonsense');
    await mkdir(join(folder, 'runs'));
    studio = await startStudio({ port: 0, runs: join(folder, 'runs'), sweeps: join(folder, 'sweeps') });
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await studio?.close();
    if (typeof started !== 'string') await started.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(how: BrowserContextOptions = {}, fragment = 'compare'): Promise<Page> {
    if (typeof started === 'string') throw new Error(started);
    const context = await started.browser.newContext({ locale: 'en-US', ...how });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    pages.push(page);
    await page.goto(`${studio.url}#${fragment}`);
    await page.getByRole('region', { name: 'Sweeps' }).waitFor();
    return page;
  }

  const trials = (page: Page) => page.locator('.sweep > .runs tbody tr');
  const caption = (page: Page) => page.locator('.sweep > .runs caption').textContent();

  test('by mouse: the list, one that cannot be read, the best trial, all trials, back', async () => {
    const page = await open();
    const list = page.getByRole('region', { name: 'Sweeps' });
    expect(await list.getByRole('status').textContent()).toBe('2 in all');
    expect(await list.locator('tr', { hasText: 'broken' }).textContent()).toMatch(
      /cannot be read: .*sweep\.json/,
    );
    expect(await list.getByRole('button', { name: 'broken' }).isDisabled()).toBe(true);
    await list.getByRole('button', { name: 'units', exact: true }).click();
    await expectFragment(page, /sweep=/);
    await page.getByText(/^Best: trial \d+, .* on the validation split, with .*learningRate/).waitFor();
    const charts = page.locator('.sweep .charts [role=img]');
    expect(await charts.count()).toBe(2);
    expect(await trials(page).count()).toBe(20);
    await page.getByRole('button', { name: 'Show 30 trials' }).click();
    expect(await trials(page).count()).toBe(30);
    // Those that are complete come by their loss, the best first.
    const complete = page.locator('.sweep > .runs tbody tr', { has: page.locator('td.complete') });
    const losses = (await complete.locator('td[data-title]:nth-child(3)').allTextContents()).map(Number);
    expect(losses.length).toBe(20);
    expect(losses).toEqual(losses.toSorted((a, b) => a - b));
    await expectAccessible(page);
    await page.reload();
    await expect.poll(() => caption(page)).toContain('Trials');
    await page.getByRole('button', { name: 'Close the sweep' }).click();
    await expectFragment(page, /sweep=/, false);
    expect(await page.locator('.sweep').count()).toBe(0);
  });

  test('by keyboard, and a trial that begins and trains is seen as it does', async () => {
    const page = await open();
    await tabTo(page, 'units');
    await page.keyboard.press('Enter');
    await page.getByText(/^Best: trial/).waitFor();
    const add = (...operations: Operation[]) =>
      appendFile(grown, operations.map((one) => lineOf(one, 'test-1')).join(''));
    const [units] = plan.space;
    const begun = new Date().toISOString().replace('Z', '+00:00');
    await add(createTrial(0, begun), setParameter(30, units!.path, 1, distributionOf(units!.domain)));
    const last = page.locator('.sweep > .runs tbody tr', { hasText: 'trial 30' });
    await last.waitFor();
    expect(await last.locator('td.running').textContent()).toBe('running');
    await add(setIntermediate(30, 1, 1.2), setIntermediate(30, 2, 0.9));
    await page.locator('.sweep td.running', { hasText: 'running, 2 epochs' }).waitFor();
    const curves = page.locator('.sweep .charts [role=img]').nth(1);
    await expect.poll(() => curves.getAttribute('aria-label')).toContain('trial 30, runs');
  });

  test('by touch on a small screen, dark: nothing is cut off', async () => {
    const page = await open({ ...SMALL, colorScheme: 'dark' });
    await page.getByRole('button', { name: 'units', exact: true }).tap();
    await page.getByText(/^Best: trial/).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('an address of a sweep that is gone says so', async () => {
    const page = await open({}, 'compare?sweep=0000');
    await page.getByRole('alert').getByText('the chosen one is not here any more').waitFor();
  });
});
