/** Serves the view Explore over some runs: bundles it as scripts/studio.js does, with the engine beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { type Served, serveFiles } from '../../support/browser.ts';
import type { ServedRun } from './served-run.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface GivenRun extends ServedRun {
  /** The model's files by name; none for a model that cannot be loaded. */
  model: ReadonlyMap<string, Uint8Array>;
  splits: Readonly<Record<'train' | 'test', { values: Uint8Array; labels: Uint8Array }>>;
}

/** The page is `/page.html`, with the fragment as in the studio. */
export async function serveExplore(runs: readonly GivenRun[], root = ROOT): Promise<Served> {
  const files = new Map<string, Uint8Array | string>();
  const bundle = await rolldown({
    input: {
      page: join(root, 'studio/testing/explore-page.tsx'),
      'umap-worker': join(root, 'studio/views/explore/umap-worker.ts'),
    },
    platform: 'browser',
    tsconfig: join(root, 'studio/tsconfig.json'),
    external: ['hourglass/web'],
  });
  const { output } = await bundle.generate({
    format: 'es',
    paths: { 'hourglass/web': './engine/hourglass.js' },
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  for (const file of output) files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source);
  for (const name of readdirSync(join(root, 'dist/browser'))) {
    files.set(`/engine/${name}`, readFileSync(join(root, 'dist/browser', name)));
  }
  const style = ['studio/style.css', 'studio/parts/class-strip.css', 'studio/views/explore/explore.css'];
  files.set('/page.css', style.map((file) => readFileSync(join(root, file), 'utf8')).join(''));
  files.set(
    '/page.html',
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explore</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="./page.css"><script type="module" src="./page.js"></script></head>
<body><header><h1 class="unseen">Explore</h1></header><main></main></body></html>`,
  );
  files.set('/runs.json', JSON.stringify(runs.map(({ entry, images }) => ({ entry, images }))));
  for (const { entry, model, splits } of runs) {
    files.set(`/models/${entry.id}/files.json`, JSON.stringify([...model.keys()]));
    for (const [name, content] of model) files.set(`/models/${entry.id}/${name}`, content);
    for (const [split, { values, labels }] of Object.entries(splits)) {
      files.set(`/images/${entry.id}/${split}`, values);
      files.set(`/labels/${entry.id}/${split}`, labels);
    }
  }
  return serveFiles(files);
}
