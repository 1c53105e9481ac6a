/**
 * Makes dist/studio-page: the studio's page with its packages in it. hourglass itself stays where `dist/browser` has it; the page
 * loads it from `engine/`, so that whoever serves the page puts that folder beside it.
 */
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { globSync } from 'tinyglobby';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TARGET = join(ROOT, 'dist/studio-page');
// Put together elsewhere and renamed, so that another process never sees half of it.
const folder = mkdtempSync(join(ROOT, 'dist/.studio-'));

const bundle = await rolldown({
  input: {
    studio: join(ROOT, 'studio/main.tsx'),
    'umap-worker': join(ROOT, 'studio/views/explore/umap-worker.ts'),
  },
  platform: 'browser',
  tsconfig: join(ROOT, 'studio/tsconfig.json'),
  external: ['hourglass/web'],
});
const { output } = await bundle.write({
  dir: folder,
  format: 'es',
  paths: { 'hourglass/web': './engine/hourglass.js' },
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  minify: true,
});
/** A view's file and all that it imports, which the page fetches first: see studio/view-files.ts. */
const chunks = new Map(output.flatMap((made) => (made.type === 'chunk' ? [[made.fileName, made]] : [])));
function filesOf(name, known = new Set()) {
  if (!chunks.has(name) || known.has(name)) return known;
  known.add(name);
  for (const imported of chunks.get(name).imports) filesOf(imported, known);
  return known;
}
const first = filesOf('studio.js');
const views = [...chunks.values()].flatMap(({ fileName, facadeModuleId }) => {
  const view = /studio[/\\]views[/\\](\w+)[/\\]index\.tsx$/.exec(facadeModuleId ?? '')?.[1];
  return view === undefined ? [] : [[view, [...filesOf(fileName)].filter((file) => !first.has(file))]];
});
if (views.length < 4) throw new Error('the files of the views are not found');
const page = readFileSync(join(ROOT, 'studio/index.html'), 'utf8');
const list = JSON.stringify(Object.fromEntries(views));
writeFileSync(
  join(folder, 'index.html'),
  page.replace('</head>', `<script type="application/json" id="view-files">${list}</script>\n</head>`),
);
const sheet = (file) => readFileSync(join(ROOT, file), 'utf8');
const found = (pattern) => globSync(pattern, { cwd: ROOT }).sort();
/** The rules of a view hold for its own elements alone, so that two views may use the same word. */
const ofView = (file) => `main[data-view="${file.split('/')[2]}"] {\n${sheet(file)}}\n`;
const rules = [
  ...['node_modules/uplot/dist/uPlot.min.css', 'studio/style.css', ...found('studio/parts/**/*.css')].map(
    sheet,
  ),
  ...found('studio/views/**/*.css').map(ofView),
];
writeFileSync(join(folder, 'studio.css'), rules.join('\n'));
copyFileSync(join(ROOT, 'recipes/recipe.schema.json'), join(folder, 'recipe.schema.json'));
chmodSync(folder, 0o755);
rmSync(TARGET, { recursive: true, force: true });
renameSync(folder, TARGET);
