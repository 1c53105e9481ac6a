/** What somebody in front of a page waits for: the first training step, an image of a code, the next frame. */
import type { Browser } from 'playwright-core';
import { startBrowser } from '../../test/support/browser.ts';
import { quantile, type Spread, spread } from '../statistics.ts';
import { compressed, pageFiles } from './files.ts';
import { type Server, startServer } from './server.ts';

export interface Waits {
  /** Milliseconds from opening the page to the end of the first training step, each with an empty cache. */
  firstStep: Spread;
  /** Bytes that were sent for it, compressed. */
  bytes: number;
  /** Milliseconds that 95 % of the decodings of one code take at most: page, worker, page. */
  decoding: number;
  /** Milliseconds that 95 % of the frames take at most, while a model is trained. */
  frame: number;
}

const DECODED = 1000;
const FRAMES_MS = 5000;

/** Or, in words, why it cannot be measured. */
export async function measureWaits(times: number, log: (line: string) => void): Promise<Waits | string> {
  log('page: compressing');
  const server = await startServer(compressed(pageFiles()));
  const started = await startBrowser();
  if (typeof started === 'string') {
    server.close();
    return started;
  }
  const { browser } = started;
  try {
    const opened: number[] = [];
    let bytes = 0;
    for (let i = 0; i < times; i++) {
      log(`page: opening ${i + 1} of ${times}`);
      server.sent();
      opened.push(await openedIn(browser, server));
      bytes = server.sent();
    }
    log('page: decoding, frames');
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${server.url}/using.html`);
    await page.waitForFunction('window.isReady');
    const decoding = await page.evaluate<number[]>(`window.decode(${DECODED})`);
    const frames = await page.evaluate<number[]>(`window.frames(${FRAMES_MS})`);
    return {
      firstStep: spread(opened),
      bytes,
      decoding: quantile(decoding, 0.95),
      frame: quantile(frames, 0.95),
    };
  } finally {
    await started.close();
    server.close();
  }
}

/** In a context of its own, which has no cache yet. */
async function openedIn(browser: Browser, { url }: Server): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${url}/opening.html`);
    await page.waitForFunction('window.isDone');
    return await page.evaluate<number>('window.opened');
  } finally {
    await context.close();
  }
}
