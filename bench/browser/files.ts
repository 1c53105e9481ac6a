/** What the pages of the bench load: dist/browser, the bench's own pages, and bundles of its scripts. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { rolldown } from 'rolldown';
import type { Files, ServedFile } from './server.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PEERS = join(ROOT, 'bench/peers');
const COMPRESSED = join(ROOT, 'bench/build/compressed');

/** The scripts of workers that make training steps, and the packages that they measure. */
const SCRIPTS = {
  hourglass: { file: 'bench/build/bench/browser/hourglass.js', packages: [] },
  tfjs: {
    file: 'bench/peers/browser/tfjs.js',
    packages: ['@tensorflow/tfjs'],
  },
  'jax-js': { file: 'bench/peers/browser/jax_js.js', packages: ['@jax-js/jax'] },
} as const;
export type Script = keyof typeof SCRIPTS;

/** All that a page loads from dist/browser and bench/browser, at the root. */
export function pageFiles(): Map<string, ServedFile> {
  const files = new Map<string, ServedFile>([['/favicon.ico', { bytes: new Uint8Array() }]]);
  for (const folder of ['dist/browser', 'bench/browser']) {
    for (const name of readdirSync(join(ROOT, folder))) {
      if (/\.(ts|d\.ts)$/.test(name)) continue;
      files.set(`/${name}`, { bytes: readFileSync(join(ROOT, folder, name)) });
    }
  }
  return files;
}

/** A script with all that it imports, as /script.js. */
export async function bundled(script: Script): Promise<Map<string, ServedFile>> {
  const { file } = SCRIPTS[script];
  // An error of Node names the package that is absent; the bundler would leave the import as it is.
  versionOf(script);
  const bundle = await rolldown({
    input: { script: join(ROOT, file) },
    platform: 'browser',
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'es', entryFileNames: '[name].js' });
  const files = new Map<string, ServedFile>();
  for (const part of output) {
    const bytes = Buffer.from(part.type === 'chunk' ? part.code : part.source);
    files.set(`/${part.fileName}`, { bytes });
  }
  if (script === 'tfjs') {
    const folder = join(PEERS, 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out');
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) {
      files.set(`/${name}`, { bytes: readFileSync(join(folder, name)) });
    }
  }
  return files;
}

/** The version of the library that a script measures: none of hourglass's own. */
export function versionOf(script: Script): Record<string, string> {
  const [name] = SCRIPTS[script].packages;
  if (name === undefined) return {};
  const { resolve } = createRequire(join(PEERS, 'package.json'));
  resolve(name);
  const about = readFileSync(join(PEERS, 'node_modules', name, 'package.json'), 'utf8');
  return { [script]: (JSON.parse(about) as { version: string }).version };
}

/** With what a server would send compressed. Brotli at its best takes a minute, so copies are kept in bench/build. */
export function compressed(files: Files): Files {
  mkdirSync(COMPRESSED, { recursive: true });
  return new Map(
    [...files].map(([path, { bytes }]) => {
      if (!/\.(m?js|json|wasm|html)$/.test(path)) return [path, { bytes }];
      const copy = join(COMPRESSED, createHash('sha256').update(bytes).digest('hex'));
      if (!existsSync(copy)) writeFileSync(copy, atItsBest(bytes));
      return [path, { bytes, compressed: readFileSync(copy) }];
    }),
  );
}

/** As the program `brotli` does by default. */
function atItsBest(bytes: Uint8Array): Uint8Array {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}
