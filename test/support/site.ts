/** Pages that have `hourglass/web`, in a browser, from servers on loopback. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { type BROWSERS, type Served, type ServedFile, serveFiles, startBrowser } from './browser.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = `<!doctype html><title>hourglass</title><script type="module">
  import * as hourglass from '/dist/browser/hourglass.js';
  Object.assign(window, { hourglass });
</script>`;

/** Headers that make a page cross-origin isolated. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export type SiteFiles = Map<string, ServedFile>;

/** What is served besides dist/browser, examples/web and /page.html. */
export interface SiteSettings {
  headers?: Readonly<Record<string, string>>;
  /** Changes what is served, by path. */
  change?: (files: SiteFiles) => void;
}

/** A site of its own: nothing is shared with another one. */
export interface Site {
  url: string;
  /** A page of the site. All pages of a site share its storage. */
  open(address?: string): Promise<Page>;
}

export interface Sites {
  site(settings?: SiteSettings): Promise<Site>;
  /** What the pages wrote to their consoles, and their uncaught errors. */
  complaints: string[];
  close(): Promise<void>;
}

/** The files of a folder, as they lie in the package. */
const filesOf = (folder: string): [string, Uint8Array][] =>
  readdirSync(`${ROOT}${folder}`).map((name) => [
    `/${folder}/${name}`,
    readFileSync(`${ROOT}${folder}/${name}`),
  ]);

/** Starts a browser, or says in words why none can be started here. */
export async function openSites(which?: (typeof BROWSERS)[number]): Promise<Sites | string> {
  const started = await startBrowser(which);
  if (typeof started === 'string') return started;
  const complaints: string[] = [];
  const servers: Served[] = [];
  return {
    complaints,
    async site({ headers = {}, change = () => {} } = {}) {
      const files: SiteFiles = new Map<string, ServedFile>([
        ...filesOf('dist/browser'),
        ...filesOf('examples/web'),
        ...[['/page.html', PAGE] as const, ['/favicon.ico', ''] as const],
      ]);
      change(files);
      const server = await serveFiles(files, headers);
      servers.push(server);
      const context = await started.browser.newContext();
      return {
        url: server.url,
        async open(address = '/page.html') {
          const page = await context.newPage();
          page.setDefaultTimeout(150_000);
          page.on('console', (message) => complaints.push(`${message.text()} ${message.location().url}`));
          page.on('pageerror', (error) => complaints.push(String(error)));
          await page.goto(server.url + address);
          if (address === '/page.html') await page.waitForFunction('window.hourglass !== undefined');
          return page;
        },
      };
    },
    async close() {
      await started.close();
      for (const server of servers) await server.close();
    },
  };
}
