/**
 * One studio for all tests of a host: a server, a browser, and runs that the page itself has trained. All its pages share the
 * browser's storage, as windows of one user do.
 */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { StartedBrowser } from '../../support/browser.ts';
import type { Hosted } from './hosts.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDE = { width: 1280, height: 900 };
const SMALL = { width: 360, height: 740 };

const few = JSON.stringify([{ type: 'dense', units: 16, activation: 'relu' }]);
const digits = { 'data.classes': '[0, 1, 2]', 'training.epochs': '2', 'training.batchSize': '50' };
const network = { ...digits, 'model.encoder': few, 'model.decoder': few };

/** Trained in a moment: three classes, few units. */
const RUNS = {
  /** A variational code of two units: a plane. */
  plane: { recipe: 'vae', ...network },
  wide: { recipe: 'quick', ...network, 'model.code.units': '6' },
} as const;

type Name = keyof typeof RUNS;

export interface Opening {
  readonly small?: boolean;
  readonly dark?: boolean;
}

export class Studio {
  readonly kind: 'node' | 'page';
  readonly hosted: Hosted;
  /** The ids of its runs. */
  readonly ids: Readonly<Record<Name, string>>;
  /** Their names. */
  readonly names: Readonly<Record<Name, string>>;
  readonly context: BrowserContext;
  /** What the browser complained of in all pages. */
  readonly complaints: string[];

  private constructor(hosted: Hosted, given: Pick<Studio, 'ids' | 'names' | 'context' | 'complaints'>) {
    this.kind = hosted.runs === null ? 'page' : 'node';
    this.hosted = hosted;
    this.ids = given.ids;
    this.names = given.names;
    this.context = given.context;
    this.complaints = given.complaints;
  }

  static async start({ browser }: StartedBrowser, host: () => Promise<Hosted>): Promise<Studio> {
    const hosted = await host();
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-US' });
    const complaints: string[] = [];
    context.on('page', (page) => {
      page.setDefaultTimeout(60_000);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
      });
    });
    const ids: Record<string, string> = {};
    const names: Record<string, string> = {};
    const train = async ([name, settings]: [string, Record<string, string>]) => {
      const page = await context.newPage();
      await page.goto(`${hosted.url}#train?${new URLSearchParams(settings)}`);
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      await page.locator('.verdict').waitFor({ timeout: 120_000 });
      ids[name] = new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('run')!;
      await page.goto(`${hosted.url}#compare?sort=-startedAt`);
      names[name] = (await page
        .locator('.runs tbody tr', { hasText: settings.recipe! })
        .locator('.name')
        .first()
        .textContent())!;
      await page.close();
    };
    await Promise.all(Object.entries(RUNS).map(train));
    return new Studio(hosted, {
      ...{ context, complaints },
      ids: ids as Studio['ids'],
      names: names as Studio['names'],
    });
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.hosted.close();
  }

  async open(fragment: string, { small = false, dark = false }: Opening = {}): Promise<Page> {
    const page = await this.context.newPage();
    await page.setViewportSize(small ? SMALL : WIDE);
    if (dark) await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${this.hosted.url}#${fragment}`);
    return page;
  }

  /** Ids of copies of a run under these names. In the page's host they have no model. */
  async copies(of: Name, names: readonly string[]): Promise<string[]> {
    const { runs } = this.hosted;
    if (runs === null) {
      await this.inStorage(`
        runs.get(${JSON.stringify(this.ids[of])}).onsuccess = ({ target }) => {
          for (const id of ${JSON.stringify(names)})
            runs.put({ ...target.result, id, entry: { ...target.result.entry, id, name: id } });
        };`);
      return [...names];
    }
    for (const name of names) cpSync(join(runs, this.names[of]), join(runs, name), { recursive: true });
    const listed = (await (await fetch(`${this.hosted.url}api/runs`)).json()) as {
      id: string;
      name: string;
    }[];
    return names.map((name) => listed.find((run) => run.name === name)!.id);
  }

  /** Deletes copies that are still there. */
  async removeCopies(names: readonly string[]): Promise<void> {
    const { runs } = this.hosted;
    if (runs === null) {
      await this.inStorage(`for (const id of ${JSON.stringify(names)}) runs.delete(id);`);
    } else for (const name of names) rmSync(join(runs, name), { recursive: true, force: true });
  }

  /** Does something with `runs`, the page's own store of runs. */
  private async inStorage(work: string): Promise<void> {
    const page = await this.open('learn');
    await page.evaluate(`new Promise((done, failed) => {
      indexedDB.open('hourglass-studio').onsuccess = ({ target: { result: database } }) => {
        const work = database.transaction('runs', 'readwrite');
        const runs = work.objectStore('runs');
        ${work}
        work.oncomplete = () => done(database.close());
        work.onabort = () => failed(work.error);
      };
    })`);
    await page.close();
  }
}

export const fragmentOf = (page: Page): Promise<string> => page.evaluate<string>('location.hash');

/** The address once it has been written: the page does so some hundred milliseconds after a change. */
export async function settledFragment(page: Page): Promise<string> {
  for (let before = ''; ; ) {
    await page.waitForTimeout(700);
    const now = await fragmentOf(page);
    if (now === before) return now;
    before = now;
  }
}

/** Waits for the address to have something, or to have it no more. */
export const expectFragment = (page: Page, pattern: RegExp, has = true): Promise<void> =>
  expect.poll(async () => pattern.test(await fragmentOf(page)), { timeout: 20_000 }).toBe(has);

export async function expectAccessible(page: Page): Promise<void> {
  // The page's policy forbids scripts that are not its own; this is none of the page's.
  await page.evaluate(AXE);
  const violations = await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(
    ({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`);
  expect(violations).toEqual([]);
}

export const expectNoSidewaysScroll = async (page: Page): Promise<void> =>
  expect(
    await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
  ).toBeLessThanOrEqual(0);

/** Presses Tab until an element has the focus: it is reached, and nothing before it is a trap. */
export async function tabTo(page: Page, name: RegExp | string, most = 80): Promise<void> {
  const fits = (text: string) => (typeof name === 'string' ? text === name : name.test(text));
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate<string>(`(() => {
      const it = document.activeElement;
      return (it.ariaLabel ?? it.labels?.[0]?.textContent ?? it.textContent).trim();
    })()`);
    if (fits(text)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}
