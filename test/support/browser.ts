/**
 * A real browser without a window, and a server on loopback for what it is to load. Which browser: the one that
 * HOURGLASS_CHROMIUM names, else Debian's, else the one that an npm package brings along.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, firefox } from 'playwright-core';

const DEBIAN = '/usr/bin/chromium';

async function browserPath(): Promise<string> {
  const named = process.env.HOURGLASS_CHROMIUM;
  if (named !== undefined) return named;
  if (existsSync(DEBIAN)) return DEBIAN;
  return (await import('@sparticuz/chromium')).default.executablePath();
}

export interface StartedBrowser {
  browser: Browser;
  close(): Promise<void>;
}

/** The browsers that tests of pages know. */
export const BROWSERS = ['Chromium', 'Firefox'] as const;

/** Starts a browser, or says in words why none can be started here. */
export async function startBrowser(
  which: (typeof BROWSERS)[number] = 'Chromium',
): Promise<StartedBrowser | string> {
  return which === 'Chromium' ? startChromium() : startFirefox();
}

/** Playwright's own build: it does not speak with others. HOURGLASS_FIREFOX names one. */
async function startFirefox(): Promise<StartedBrowser | string> {
  const executablePath = process.env.HOURGLASS_FIREFOX ?? firefox.executablePath();
  if (!existsSync(executablePath)) return "Playwright's Firefox is not installed";
  const browser = await firefox.launch({ executablePath });
  return { browser, close: () => browser.close() };
}

const WITHOUT_GPU = ['--disable-gpu'];
/** A GPU that the processor imitates. */
const IMITATED_GPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

/** Or says in words why it cannot be started here. */
export async function startChromium({ gpu = false } = {}): Promise<StartedBrowser | string> {
  const profile = await mkdtemp(join(tmpdir(), 'hourglass-browser-'));
  const remove = () => rm(profile, { recursive: true, force: true, maxRetries: 5 });
  try {
    const browser = await chromium.launch({
      executablePath: await browserPath(),
      // The usual arguments need more than a bare machine has.
      ignoreDefaultArgs: true,
      args: [
        '--headless',
        '--no-sandbox',
        ...(gpu ? IMITATED_GPU : WITHOUT_GPU),
        '--no-first-run',
        '--disable-background-networking',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
        '--disable-dev-shm-usage',
      ],
    });
    return {
      browser,
      async close() {
        await browser.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    return `no browser can be started: ${(error as Error).message.split('\n')[0]}`;
  }
}

export interface Served {
  /** As http://127.0.0.1:40123, without a slash. */
  url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  html: 'text/html',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/** What is served at a path: its type follows from the path, or is given. */
export type ServedFile = Uint8Array | string | { type: string; content: Uint8Array | string };

/** Serves these files, by their paths from the root, and nothing else, with these headers. */
export async function serveFiles(
  files: ReadonlyMap<string, ServedFile>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1');
    const file = files.get(pathname);
    const isTyped = typeof file === 'object' && 'type' in file;
    const content = isTyped ? file.content : file;
    const type = isTyped ? file.type : (TYPES[pathname.split('.').at(-1)!] ?? 'application/octet-stream');
    response.writeHead(content === undefined ? 404 : 200, { ...headers, 'content-type': type }).end(content);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
