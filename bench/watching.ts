/**
 * What it costs a training that the studio watches it, how soon a step is on screen, and how soon the page can be used. The
 * program runs as a user starts it, with Node behind the page; whole trainings with it and without take turns.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { RunDetails } from '../src/studio/protocol.ts';
import { serveFiles, startBrowser } from '../test/support/browser.ts';
import { once } from './once.ts';
import { median, pairedRatio, type Spread, spread } from './statistics.ts';
import { number } from './words.ts';
import type { TrainingTaken, TrainingTask } from './workers/whole-training.ts';

const RECIPE = 'vae';
const DATA = 'mnist-10k';
const EPOCHS = 12;
/** Clicks on "One step", and times that the page is opened. */
const STEPS = 40;
const OPENINGS = 7;

/** Milliseconds from one question whether a training has ended to the next. An answer takes the server some 7 ms of a processor. */
const ASK_EVERY = 3000;

/** Watched by the studio's server with no page, and with one on screen. */
const LEVELS = ['alone', 'no page', 'on screen'] as const;
type Level = (typeof LEVELS)[number];

export interface WatchingReport {
  /** Seconds of an epoch, by the clock, with its validation. */
  readonly epochs: readonly { readonly level: Level; readonly seconds: Spread; readonly ratio: Spread }[];
  /** Milliseconds from a click on "One step" to what it changes on screen; the step itself is part of it. */
  readonly curve: Spread;
  readonly scatter: Spread;
  /** Milliseconds from the request of the page to the button that trains. */
  readonly usable: { readonly node: Spread; readonly exported: Spread };
}

/** What is aimed at: a ratio, and milliseconds. */
const AIMS = { slower: 1.03, step: 200, usable: 2000 };

interface Plan {
  readonly root: string;
  readonly folder: string;
  readonly rounds: number;
  readonly log: (line: string) => void;
}

/** Or, in words, why it cannot be measured. */
export async function measureWatching(plan: Plan): Promise<WatchingReport | string> {
  const started = await startBrowser();
  if (typeof started === 'string') return started;
  try {
    return await measureIn(started.browser, plan);
  } finally {
    await started.close();
  }
}

async function measureIn(browser: Browser, plan: Plan): Promise<WatchingReport> {
  const { root, folder, log } = plan;
  const { url, process: studio } = await startStudio(root, join(folder, 'studio-runs'));
  const site = await serveFiles(exportedFiles(root));
  try {
    const epochs = await measureEpochs(browser, plan, url);
    log('studio: a step on screen');
    const { curve, scatter } = await measureStep(browser, url);
    log('studio: opening the page');
    const [node, exported]: [number[], number[]] = [[], []];
    for (let i = 0; i < OPENINGS; i++) {
      node.push(await opened(browser, url));
      exported.push(await opened(browser, `${site.url}/index.html`));
    }
    return { epochs, curve, scatter, usable: { node: spread(node), exported: spread(exported) } };
  } finally {
    await site.close();
    const ended = new Promise((resolve) => studio.once('exit', resolve));
    studio.kill('SIGINT');
    await ended;
  }
}

async function measureEpochs(
  browser: Browser,
  { rounds, log }: Plan,
  url: string,
): Promise<WatchingReport['epochs']> {
  const task: TrainingTask = { recipe: RECIPE, options: { data: DATA, epochs: EPOCHS } };
  const seconds: Record<Level, number[]> = { alone: [], 'no page': [], 'on screen': [] };
  const takes: Record<Level, () => Promise<readonly { seconds: number }[]>> = {
    alone: async () => (await once<TrainingTask, TrainingTaken>('whole-training', task)).epochs,
    'no page': () => trainedIn(url, null),
    'on screen': () => trainedIn(url, browser),
  };
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < LEVELS.length; i++) {
      const level = LEVELS[(i + round) % LEVELS.length]!;
      log(`studio: watching: round ${round + 1} of ${rounds}, ${level}`);
      // The first epoch has what happens once.
      seconds[level].push(median((await takes[level]()).slice(1).map((epoch) => epoch.seconds)));
    }
  }
  return LEVELS.map((level) => ({
    level,
    seconds: spread(seconds[level]),
    ratio: pairedRatio(seconds[level], seconds.alone),
  }));
}

/** A training of the studio's; followed as the page does, in a page if there is a browser. */
async function trainedIn(url: string, browser: Browser | null): Promise<RunDetails['rows']> {
  const request = { recipe: RECIPE, data: DATA, set: { 'training.epochs': EPOCHS } };
  const begun = await fetch(`${url}api/runs`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) },
  });
  const { id } = (await begun.json()) as { id: string };
  const page = await browser?.newPage({ viewport: { width: 1440, height: 900 } });
  await page?.goto(`${url}#train?run=${id}`);
  for (;;) {
    const run = (await (await fetch(`${url}api/runs/${id}`)).json()) as RunDetails;
    if (run.state === 'failed') throw new Error(`the training of the studio failed`);
    if (run.state === 'finished') {
      await page?.close();
      return run.rows;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
}

async function measureStep(browser: Browser, url: string): Promise<{ curve: Spread; scatter: Spread }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${url}#train?recipe=${RECIPE}`);
  await page.getByRole('button', { name: 'Step by step' }).click();
  await page.locator('.strip canvas').waitFor();
  const [curve, scatter]: [number[], number[]] = [[], []];
  for (let i = 0; i < STEPS; i++) {
    const took = await page.evaluate<{ curve: number; scatter: number }>(ONE_STEP);
    // The first one draws the curves for the first time.
    if (i > 0) {
      curve.push(took.curve);
      scatter.push(took.scatter);
    }
    await page.waitForTimeout(300);
  }
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped').waitFor();
  await page.close();
  return { curve: spread(curve), scatter: spread(scatter) };
}

/** The curve is drawn when the bar of progress moves; the codes when the number of steps does: it comes with them. */
const ONE_STEP = `new Promise((resolve) => {
  const run = document.querySelector('.run');
  const progress = () => document.querySelector('.run progress').value;
  const steps = () => document.querySelector('.numbers').textContent;
  const [before, stepsBefore, began] = [progress(), steps(), performance.now()];
  let curve = 0;
  const watch = new MutationObserver(() => requestAnimationFrame(() => {
    if (curve === 0 && progress() !== before) curve = performance.now() - began;
    if (curve === 0 || steps() === stepsBefore) return;
    watch.disconnect();
    resolve({ curve, scatter: performance.now() - began });
  }));
  watch.observe(run, { subtree: true, childList: true, attributes: true, characterData: true });
  [...document.querySelectorAll('.controls button')].find((each) => each.textContent.trim() === 'One step').click();
})`;

async function opened(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page: Page = await context.newPage();
  const began = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Train', exact: true }).waitFor();
  const took = performance.now() - began;
  await context.close();
  return took;
}

async function startStudio(root: string, runs: string): Promise<{ url: string; process: ChildProcess }> {
  const args = [join(root, 'bin/hourglass.js'), 'studio', '--port', '0', '--runs', runs];
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    started.stdout.on('data', (text) => {
      printed += text;
      const [found] = /http:\/\/\S+/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
    started.once('exit', (code) => reject(new Error(`hourglass studio ended with ${code}`)));
  });
  return { url, process: started };
}

/** What `--export` writes. */
function exportedFiles(root: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [folder, prefix] of [
    ['dist/studio-page', '/'],
    ['dist/browser', '/engine/'],
  ] as const) {
    for (const name of readdirSync(join(root, folder))) {
      files.set(prefix + name, new Uint8Array(readFileSync(join(root, folder, name))));
    }
  }
  return files;
}

export function watchingLines({ epochs, curve, scatter, usable }: WatchingReport): string[] {
  const line = (what: string, value: string, aim: string, isReached: boolean) =>
    `| ${what} | ${value} | ${aim} | ${isReached ? 'yes' : '**no**'} |`;
  const slower = epochs
    .filter(({ level }) => level !== 'alone')
    .map(({ level, ratio: { median, low, high } }) =>
      line(
        `an epoch of \`${RECIPE}\` that the studio watches, ${level}, to one alone`,
        `${median.toFixed(3)} × (${low.toFixed(3)} to ${high.toFixed(3)})`,
        `≤ ${AIMS.slower}`,
        median <= AIMS.slower,
      ),
    );
  const times = [
    ['"One step" to the curve', curve, AIMS.step],
    ['"One step" to the scatter of codes', scatter, AIMS.step],
    ['until the page can be used, Node behind it', usable.node, AIMS.usable],
    ['until the page can be used, exported', usable.exported, AIMS.usable],
  ] as const;
  return [
    'Medians, with quartiles in brackets.',
    '',
    '| what | measured | aim | reached |',
    '| --- | --- | --- | --- |',
    ...slower,
    ...times.map(([what, { median, low, high }, aim]) =>
      line(what, `${number(median)} ms (${number(low)} to ${number(high)})`, `≤ ${aim} ms`, median <= aim),
    ),
  ];
}
