/** The studio's page as it is built, with each of the two hosts behind it. */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StudioService } from '../../../src/studio/server/index.ts';
import { serveFiles } from '../../support/browser.ts';

export interface Hosted {
  readonly url: string;
  /** The folder of the runs; null for the page's own host. */
  readonly runs: string | null;
  close(): Promise<void>;
}

// The built program: a training has a process that is started from a JavaScript file.
const built: typeof import('../../../src/studio/server/index.ts') = await import(
  new URL('../../../dist/studio/server/index.js', import.meta.url).href
);
const { siteFiles }: typeof import('../../../src/studio/server/site.ts') = await import(
  new URL('../../../dist/studio/server/site.js', import.meta.url).href
);

export const startStudio = built.startStudio;

/** Everything in the page: only files are served. */
export async function inPage(): Promise<Hosted> {
  const files = new Map([...(await siteFiles())].map(([name, path]) => [`/${name}`, readFileSync(path)]));
  const types = { 'content-security-policy': "default-src 'self' data: 'wasm-unsafe-eval'" };
  const { url, close } = await serveFiles(files, types);
  return { url: `${url}/index.html`, runs: null, close };
}

/** hourglass on Node behind the page. */
export async function onNode(): Promise<Hosted> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-studio-'));
  const runs = join(folder, 'runs');
  const studio: StudioService = await startStudio({ port: 0, runs });
  return {
    ...{ url: studio.url, runs },
    async close() {
      await studio.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A model that is trained in a moment: few units, and digits of one class. */
export const SMALL = new URLSearchParams({
  recipe: 'vae',
  'training.epochs': '2',
  'training.batchSize': '50',
  'data.classes': '[0, 1]',
  'model.encoder': JSON.stringify([{ type: 'dense', units: 16, activation: 'relu' }]),
  'model.decoder': JSON.stringify([{ type: 'dense', units: 16, activation: 'relu' }]),
}).toString();
