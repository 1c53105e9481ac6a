/** What goes wrong around a page: each is said, and nothing is lost. */
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { start } from '../../support/program.ts';
import { SMALL } from '../support/hosts.ts';
import { expectFragment, fragmentOf, type Studio } from '../support/studio.ts';

const LOST = 'The studio does not answer. Nothing is lost';

export function troubleTasks(studio: () => Studio): void {
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const expectState = (page: Page, text: string) =>
    expect.poll(() => page.locator('.state').textContent(), { timeout: 60_000 }).toBe(text);
  const rowsOf = async (page: Page) =>
    Number((await page.locator('.numbers').textContent())!.match(/Epoch(\d+)/)![1]);
  /** A training that does not end by itself. */
  const training = async (url = studio().hosted.url) => {
    const query = new URLSearchParams(SMALL);
    query.set('training.epochs', '100000');
    const page = await studio().context.newPage();
    await page.goto(`${url}#train?${query}`);
    await press(page, 'Train');
    await expectState(page, 'Training');
    await expect.poll(() => rowsOf(page), { timeout: 60_000 }).toBeGreaterThan(1);
    return page;
  };
  const runIn = async (page: Page) => new URLSearchParams((await fragmentOf(page)).split('?')[1]).get('run')!;

  test('two windows on one training; it cannot be deleted, and the other window is told what it can do', async () => {
    const one = await training();
    const other = await studio().context.newPage();
    await other.goto(one.url());
    await expectState(other, 'Training');
    await expect.poll(() => rowsOf(other), { timeout: 20_000 }).toBeGreaterThan(0);
    await press(other, 'Pause');
    if (studio().kind === 'node') {
      await expectState(one, 'Paused');
      await press(one, 'Play');
      await expectState(other, 'Training');
    } else await other.getByText('trains in another window of this browser').waitFor();

    const id = await runIn(one);
    await other.goto(`${studio().hosted.url}#compare?runs=${id}&sort=-startedAt`);
    await other
      .getByRole('button', { name: /^Delete / })
      .first()
      .click();
    await press(other, 'Delete');
    await other.getByRole('dialog').getByRole('alert').waitFor();
    await press(other, 'Keep it');

    await press(one, 'Stop');
    await expectState(one, 'Stopped');
    await other.locator('td.stopped').first().waitFor();
    // Now it can be; the first window hears of it when it asks for something.
    await other
      .getByRole('button', { name: /^Delete / })
      .first()
      .click();
    await press(other, 'Delete');
    await expectFragment(other, /runs=/, false);
    await press(one, 'Train again');
    await one.getByText('There is no such run: it may have been deleted.').waitFor();
    await one.goto(`${studio().hosted.url}#explore?run=${id}`);
    await one.getByText('This run is not here: it may have been deleted.').waitFor();
    await one.goto(`${studio().hosted.url}#compare?runs=${id}`);
    await one.getByText('One chosen run is not here any more.').waitFor();
    await one.close();
    await other.close();
  });

  test('the network goes and comes back: a training goes on, views wait', async () => {
    const page = await training();
    const before = await rowsOf(page);
    await studio().context.setOffline(true);
    try {
      await page.getByRole('link', { name: 'Compare', exact: true }).click();
      if (studio().kind === 'node') await page.getByText(/cannot be loaded/).waitFor();
      else {
        // A view comes from the browser's cache, or not; a training that has begun needs nothing of the server.
        await page
          .getByText(/cannot be loaded/)
          .or(page.locator('.runs'))
          .first()
          .waitFor();
        await page.getByRole('link', { name: 'Train', exact: true }).click();
        await expect.poll(() => rowsOf(page), { timeout: 60_000 }).toBeGreaterThan(before);
        await page.getByRole('link', { name: 'Compare', exact: true }).click();
      }
    } finally {
      await studio().context.setOffline(false);
    }
    await page.locator('.runs tbody tr').first().waitFor();
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await expect.poll(() => rowsOf(page), { timeout: 60_000 }).toBeGreaterThan(before);
    expect(await page.getByText(LOST).count()).toBe(0);
    await press(page, 'Stop');
    await expectState(page, 'Stopped');
    await page.close();
  });

  test('a broken run is listed with the reason, is said in every view, and hides no other', async () => {
    const [id] = await studio().copies('plane', ['broken']);
    const { runs } = studio().hosted;
    // A copy in the page's storage has lost its files.
    if (runs !== null) truncateSync(join(runs, 'broken/model/decoder.onnx'), 1000);
    const page = await studio().open(`explore?run=${id}`);
    await page.getByText("This run's codes cannot be shown:").waitFor();
    await page.getByRole('link', { name: 'Try', exact: true }).click();
    await page.getByText(/^The model of broken cannot be used: /).waitFor();
    await page.getByLabel('Model').selectOption(studio().ids.plane);
    await page.getByText('Nothing is drawn yet').waitFor();
    if (runs !== null) {
      writeFileSync(join(runs, 'broken/run.json'), '{');
      mkdirSync(join(runs, 'empty/checkpoints'), { recursive: true });
      await page.goto(`${studio().hosted.url}#compare?words=broken`);
      await page.getByText(/^cannot be read: .*run\.json/).waitFor();
      await page.goto(`${studio().hosted.url}#train?run=${id}`);
      await page
        .getByRole('alert')
        .getByText(/run\.json/)
        .waitFor();
      rmSync(join(runs, 'empty'), { recursive: true });
      // Broken, it can still be deleted.
      await page.goto(`${studio().hosted.url}#compare?words=broken`);
      await press(page, 'Delete broken');
      await press(page, 'Delete');
      await page.getByText('No run has all these words.').waitFor();
    }
    await page.close();
    await studio().removeCopies(['broken']);
  });

  test('a window takes one connection for a run, however many parts of it follow the run; hidden, none', async () => {
    if (studio().kind === 'page') return;
    const page = await training();
    const id = await runIn(page);
    const asked: string[] = [];
    const ended: string[] = [];
    page.on('request', (request) => request.url().endsWith('/events') && asked.push(request.url()));
    page.on('requestfailed', (request) => request.url().endsWith('/events') && ended.push(request.url()));
    // The tour's bar follows it, too.
    await page.goto(`${page.url()}&tour-name=code&tour-step=2&tour-runs=plain:${id}`);
    await page.getByText(/^It is training: \d+ of /).waitFor();
    await expectState(page, 'Training');
    expect(asked.length).toBeLessThanOrEqual(1);
    const see = (state: string) =>
      page.evaluate(`Object.defineProperty(document, 'visibilityState', { get: () => '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await see('hidden');
    await expect.poll(() => ended.length).toBe(1);
    const before = await rowsOf(page);
    await see('visible');
    await expect.poll(() => rowsOf(page), { timeout: 60_000 }).toBeGreaterThan(before);
    await press(page, 'Stop');
    await expectState(page, 'Stopped');
    await page.close();
  });

  test('the server is killed and started again: it is said, a training goes on, nothing on screen is lost', async () => {
    if (studio().kind === 'page') return;
    const folder = await mkdtemp(join(tmpdir(), 'hourglass-studio-'));
    const first = await program(folder, '0');
    const page = await training(first.url);
    const shown = await fragmentOf(page);
    const looking = await studio().context.newPage();
    await looking.goto(`${first.url}#compare?words=vae`);
    await looking.locator('td.running').waitFor();
    await first.end('SIGKILL');
    await page.getByText(LOST).waitFor();
    await looking.getByText('This list may be out of date').waitFor();
    const before = await rowsOf(page);
    expect(await page.locator('.curves canvas').count()).toBeGreaterThan(0);
    expect(await looking.locator('.runs tbody tr').count()).toBe(1);
    await press(page, 'Pause');
    await page.getByText('it was ended, or the network is down').waitFor();

    const second = await program(folder, new URL(first.url).port);
    try {
      await page.getByText(LOST).waitFor({ state: 'detached' });
      await looking.getByText('This list may be out of date').waitFor({ state: 'detached' });
      await expectState(page, 'Training');
      await expect.poll(() => rowsOf(page), { timeout: 60_000 }).toBeGreaterThan(before);
      expect(await fragmentOf(page)).toBe(shown);
      await press(page, 'Pause');
      await page.getByText('Another process trains this run: it can be stopped').waitFor();
      await press(page, 'Stop');
      await expectState(page, 'Stopped');
      await looking.locator('td.stopped').waitFor();
      const stopped = await rowsOf(page);
      await press(page, 'Continue');
      await expectState(page, 'Training');
      await expect.poll(() => rowsOf(page), { timeout: 60_000 }).toBeGreaterThan(stopped);
    } finally {
      // Ctrl-C stops its trainings, each with a checkpoint.
      await second.end('SIGINT');
    }
    await expectState(page, 'Stopped');
    await page.close();
    await looking.close();
    await rm(folder, { recursive: true, force: true });
  });
}

/** The studio as a user starts it. */
async function program(folder: string, port: string) {
  const { process, says, ended } = start(folder, ['studio', '--port', port]);
  return {
    url: /http:\S+/.exec(await says('http:'))![0],
    async end(signal: 'SIGKILL' | 'SIGINT') {
      process.kill(signal);
      await ended;
    },
  };
}
