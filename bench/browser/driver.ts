/** A contestant in a page of a browser of its own: it is asked for turns, and its worker in the page takes them. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { startBrowser } from '../../test/support/browser.ts';
import { networkNamed } from '../networks.ts';
import { serve } from '../protocol.ts';
import type { Ready, Taken, Turn } from '../turn.ts';
import { bundled, pageFiles, type Script, versionOf } from './files.ts';
import { startServer } from './server.ts';
import type { PageSetup } from './worker.ts';

const closing: (() => unknown)[] = [];
await serve(async ({ network, data, images, seed }) => {
  const script = process.argv[2] as Script;
  const files = await bundled(script);
  const server = await startServer(
    new Map([...pageFiles(), ...files, ['/images', { bytes: readFileSync(data) }]]),
  );
  const started = await startBrowser();
  if (typeof started === 'string') throw new Error(started);
  closing.push(started.close, server.close);
  const page = await started.browser.newPage();
  page.setDefaultTimeout(0);
  await page.goto(`${server.url}/contest.html`);
  await page.waitForFunction('window.ask !== undefined');
  const setup: PageSetup = { network: networkNamed(network), images, seed };
  const ready = await ask<Ready>(page, setup);
  const versions = { ...versionOf(script), chromium: started.browser.version() };
  return { ready: { ...ready, versions }, take: (turn) => ask<Taken>(page, turn) };
});
for (const close of closing) await close();

function ask<Answer>(page: Page, message: PageSetup | Turn): Promise<Answer> {
  return page.evaluate(`window.ask(${JSON.stringify(message)})`);
}
