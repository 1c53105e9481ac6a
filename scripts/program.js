/**
 * Makes lib/: what `hourglass` and `import 'hourglass'` run. The modules in dist are put together into few files, since a start would
 * spend most of its time on finding and reading 300 small ones; but for BUNDLED, packages stay outside. Programs, threads and processes keep their
 * paths, and lib is as deep as src and dist, so code that finds a file by its address finds it from all three.
 */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { glob } from 'tinyglobby';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DIST = join(ROOT, 'dist');
const TARGET = join(ROOT, 'lib');
const KERNELS = 'kernels/kernels.wasm';

/** Packages of many small modules that every training loads: together 130 files. scripts/notice.js lists them. */
const BUNDLED = ['zod', '@bufbuild/protobuf', 'fast-png', 'iobuffer'];

/** The path of a module within dist, as it is in lib. */
const within = (id) => relative(DIST, id).replaceAll('\\', '/');

/** A module keeps its address, whatever file its code comes to lie in. */
const addresses = {
  name: 'addresses',
  transform: (code, id) => code.replaceAll('import.meta.url', `ADDRESS_OF(${JSON.stringify(within(id))})`),
  renderChunk: (code, { fileName }) =>
    code.replaceAll(/\bADDRESS_OF\("([^"]+)"\)/g, (_, path) => {
      if (path === fileName) return 'import.meta.url';
      const from = posix.relative(posix.dirname(fileName), path);
      return `new URL(${JSON.stringify(from.startsWith('.') ? from : `./${from}`)}, import.meta.url).href`;
    }),
};

/** What is started by its path: the two entries, and by their names the files of threads and processes. */
const entries = [
  'index.js',
  'cli/main.js',
  ...(await glob(['**/thread.js', '**/*-thread.js', '**/*-process.js'], {
    cwd: DIST,
    ignore: ['browser/**', 'studio-page/**', 'web/**'],
  })),
].sort();

/** '@oxc-project/runtime' is what the bundler itself puts in. */
const inside = [...BUNDLED, '@oxc-project/runtime'];
const external = (id) =>
  !id.startsWith('.') && !isAbsolute(id) && !inside.some((name) => id === name || id.startsWith(`${name}/`));

// Put together elsewhere and renamed, so that another process never sees half of it.
const folder = mkdtempSync(join(ROOT, '.lib-'));
const made = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [entry.replace(/\.js$/, ''), join(DIST, entry)])),
  platform: 'node',
  external,
  plugins: [addresses],
  // What a page loads only when a model needs it is here at once.
  checks: { ineffectiveDynamicImport: false },
});
await made.write({
  dir: folder,
  format: 'es',
  entryFileNames: '[name].js',
  chunkFileNames: 'parts/[name]-[hash].js',
});
mkdirSync(join(folder, dirname(KERNELS)), { recursive: true });
copyFileSync(join(DIST, KERNELS), join(folder, KERNELS));
chmodSync(folder, 0o755);
rmSync(TARGET, { recursive: true, force: true });
renameSync(folder, TARGET);
