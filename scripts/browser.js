/**
 * Makes dist/browser: what `import 'hourglass/web'` and `import 'hourglass/use'` load, with their packages in it, so that a page
 * needs no bundler. Code that finds a file by its address finds it next to itself: all files are in one folder.
 */
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { minify } from 'rolldown/experimental';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TARGET = join(ROOT, 'dist/browser');
// Put together elsewhere and renamed, so that another process never sees half of it.
const folder = mkdtempSync(join(ROOT, 'dist/.browser-'));

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const withVersion = {
  name: 'version',
  transform: (code, id) =>
    id.endsWith(join('web', 'assets.js')) ? code.replace("'VERSION'", JSON.stringify(version)) : null,
};

/** Settings without what is said of them, which only the JSON Schema of recipes has: those who use models never read it. */
const withoutDescriptions = {
  name: 'without-descriptions',
  transform: (code, id) =>
    id.includes('node_modules')
      ? null
      : code.replace(/(?<=\bz\.describe\()\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*(?=\))/g, "''"),
};

/** What is loaded for models of an older hourglass alone is a file of its own, with its own copy of zod: others have a smaller one. */
const settingsApart = {
  name: 'settings-apart',
  resolveId: (id) =>
    id.endsWith('/use-settings.js') && !isAbsolute(id) ? { id: './use-settings.js', external: true } : null,
};

/** Entries that share chunks. A module of ours that is imported for nothing is left out: importing it does nothing. */
async function bundle(names, chunks, plugins = []) {
  const input = Object.fromEntries(names.map((name) => [name, join(ROOT, 'dist/web', `${name}.js`)]));
  const entries = Object.values(input);
  const moduleSideEffects = (id) => (id.includes('node_modules') ? undefined : entries.includes(id));
  const made = await rolldown({
    input,
    platform: 'browser',
    plugins: [withVersion, ...plugins],
    treeshake: { moduleSideEffects, propertyReadSideEffects: false },
    // What 'hourglass/use' loads only when a model needs it, 'hourglass/web' has at once.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await made.write({
    dir: folder,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: chunks,
    minify: true,
  });
  // Marks for bundlers, of which a page's own files need none: only what is imported by name is bundled again.
  for (const { type, fileName, code, isEntry } of output) {
    if (type !== 'chunk' || isEntry) continue;
    writeFileSync(
      join(folder, fileName),
      code.replaceAll(/(?<=([\w$])?)\/\* @__PURE__ \*\/ /g, (_, word) => (word === undefined ? '' : ' ')),
    );
  }
}

await bundle(['hourglass', 'worker', 'helper-worker'], '[name]-[hash].js');
// By itself: a chunk has all that any entry uses of its modules.
await bundle(['use', 'use-worker'], 'use-[name]-[hash].js', [withoutDescriptions, settingsApart]);
await bundle(['use-settings'], 'use-settings-[name]-[hash].js', [withoutDescriptions]);
// ONNX Runtime's script is minified by its makers; a twentieth is left to gain.
const SCRIPT = 'ort-wasm-simd-threaded.mjs';
const script = readFileSync(join(ROOT, 'vendor/onnxruntime-web', SCRIPT), 'utf8');
const minified = await minify(SCRIPT, script, { module: true, compress: {}, mangle: true });
if (minified.errors.length > 0) throw new Error(minified.errors[0].message);
writeFileSync(join(folder, SCRIPT), minified.code);
for (const file of [
  'vendor/onnxruntime-web/ort-wasm-simd-threaded.wasm',
  'vendor/onnxruntime-web/ort-wasm-relaxed-simd-threaded.wasm',
  'vendor/onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs',
  'vendor/onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm',
  'src/kernels/kernels-shared.wasm',
  'assets/mnist-10k-images-idx3-ubyte.gz',
]) {
  copyFileSync(join(ROOT, file), join(folder, file.split('/').at(-1)));
}

const recipes = readdirSync(join(ROOT, 'recipes')).filter((file) => /^[^.]+\.json$/.test(file));
const byName = recipes.map((file) => {
  const { $schema, ...recipe } = JSON.parse(readFileSync(join(ROOT, 'recipes', file), 'utf8'));
  return [recipe.name, recipe];
});
writeFileSync(join(folder, 'recipes.json'), JSON.stringify(Object.fromEntries(byName)));
chmodSync(folder, 0o755);
rmSync(TARGET, { recursive: true, force: true });
renameSync(folder, TARGET);
