/**
 * Writes a package named hourglass-use into a folder, by default dist/hourglass-use: what 'hourglass/use' loads, its types, and
 * nothing else. `npm pack` makes a file of it that installs without dependencies. See docs/decisions/0029-using-models-alone.md.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const BROWSER = join(ROOT, 'dist/browser');
const folder = process.argv[2] ?? join(ROOT, 'dist/hourglass-use');

const isPart = (file) =>
  /^use.*\.(js|d\.ts)$/.test(file) ||
  ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm', 'kernels-shared.wasm'].includes(file);

const README = `# hourglass-use

Uses models that hourglass has trained, in web pages and on Node, Bun and Deno, without native libraries. It has no
dependencies. It is the entry \`hourglass/use\` of hourglass.

\`\`\`js
import { loadModel, sample } from 'hourglass-use';

const model = await loadModel('models/digits');
const { images } = await sample(model, 16);
\`\`\`

All files are in one folder, which a page can load without a bundler: import \`use.js\` by its address.
`;

const { version, license, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const manifest = {
  name: 'hourglass-use',
  version,
  description: 'Uses models that hourglass has trained, in web pages and on Node, Bun and Deno',
  license,
  type: 'module',
  engines,
  exports: { '.': { types: './use.d.ts', default: './use.js' }, './package.json': './package.json' },
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(BROWSER).filter(isPart)) copyFileSync(join(BROWSER, file), join(folder, file));
for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(ROOT, file), join(folder, file));
writeFileSync(join(folder, 'README.md'), README);
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
