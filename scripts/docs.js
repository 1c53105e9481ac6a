/**
 * Writes docs/api, the reference of what `import … from 'hourglass'` offers, from the doc comments in the sources. `--check`
 * compares instead, for the gate. Both fail on an export or a member without a doc comment, on a link that leads nowhere, and
 * on a type in a public signature that cannot be imported.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Application,
  Converter,
  ReferenceType,
  ReflectionKind,
  TSConfigReader,
  TypeScript,
  UnknownType,
} from 'typedoc';
import { load as markdown } from 'typedoc-plugin-markdown';
import { settingsPage } from './docs-settings.js';

/** What a program can import; the name of each is the `@module` in its first comment. */
const ENTRIES = ['src/index.ts', 'src/web/hourglass.ts', 'src/web/use.ts'];

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const OUT = join(ROOT, 'docs', 'api');

const OPTIONS = {
  entryPoints: ENTRIES.map((entry) => join(ROOT, entry)),
  alwaysCreateEntryPointModule: true,
  name: 'hourglass',
  tsconfig: join(ROOT, 'scripts', 'docs.tsconfig.json'),
  // `npm run types` checks the types.
  skipErrorChecking: true,
  plugin: [markdown],
  readme: 'none',
  // Without lines of sources: a page changes only with its own comment.
  disableSources: true,
  excludeExternals: true,
  gitRevision: 'main',
  requiredToBeDocumented: [
    ...[
      'Module',
      'Variable',
      'Function',
      'Class',
      'Interface',
      'Property',
      'Method',
      'Accessor',
      'TypeAlias',
    ],
  ],
  validation: { notExported: true, notDocumented: true, invalidLink: true, invalidPath: true },
  logLevel: 'Warn',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  indexFormat: 'table',
  expandObjects: true,
  tableColumnSettings: { hideInherited: true, hideOverrides: true, hideSources: true, hideModifiers: true },
};

/** At the end of the list of modules. */
const AFTERWORD = `
[The settings of a recipe](settings.md), with their values and defaults.

\`npm run docs\` writes these pages from the doc comments in the sources.
`;

const isDerived = (node) => /z\.infer<|\btypeof /.test(node?.getText() ?? '');

/**
 * Shows types that are derived from values as what they are: an alias with its fields or words, an interface without the
 * schema it extends, and a property by the name of its type.
 */
function showDerivedTypes(app) {
  const { TypeFormatFlags, isPropertySignature, isTypeReferenceNode } = TypeScript;
  const flags =
    TypeFormatFlags.NoTruncation |
    TypeFormatFlags.InTypeAlias |
    TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    const { project } = context;
    const checker = context.programs[0].getTypeChecker();
    const aliases = new Map();
    for (const reflection of project.getReflectionsByKind(ReflectionKind.TypeAlias)) {
      const symbol = context.getSymbolFromReflection(reflection);
      if (!isDerived(symbol?.declarations?.[0])) continue;
      const type = checker.getDeclaredTypeOfSymbol(symbol);
      project.removeTypeReflections(reflection.type);
      reflection.type = new UnknownType(checker.typeToString(type, undefined, flags));
      aliases.set(reflection.name, reflection);
    }
    for (const reflection of project.getReflectionsByKind(ReflectionKind.Property)) {
      const node = context.getSymbolFromReflection(reflection)?.declarations?.[0];
      if (!node || !isPropertySignature(node) || !node.type || !isTypeReferenceNode(node.type)) continue;
      const alias = aliases.get(node.type.getText());
      if (alias === undefined) continue;
      project.removeTypeReflections(reflection.type);
      reflection.type = ReferenceType.createResolvedReference(alias.name, alias, project);
    }
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, (context) => {
    for (const reflection of context.project.getReflectionsByKind(ReflectionKind.Interface)) {
      for (const child of reflection.children ?? []) delete child.inheritedFrom;
      const node = context.getSymbolFromReflection(reflection)?.declarations?.[0];
      if (node?.heritageClauses?.some(isDerived)) delete reflection.extendedTypes;
    }
  });
}

/** The functions without an example; test/docs/code.test.ts compiles and runs those there are. */
const withoutExample = (project) =>
  project
    .getReflectionsByKind(ReflectionKind.Function)
    .filter(({ signatures }) => !signatures.some(({ comment }) => comment?.getTag('@example')))
    .map(({ name }) => name);

/** The pages by their paths within docs/api, with forward slashes. */
async function makePages() {
  const app = await Application.bootstrapWithPlugins(OPTIONS, [new TSConfigReader()]);
  showDerivedTypes(app);
  const project = await app.convert();
  if (project === undefined) throw new Error('the sources cannot be read');
  app.validate(project);
  for (const name of withoutExample(project)) app.logger.error(`${name} has no @example`);
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-docs-'));
  try {
    await app.outputs.writeOutput({ name: 'markdown', path: folder }, project);
    if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('mend what is listed above');
    const pages = await pagesIn(folder);
    pages.set('settings.md', await settingsPage(join(ROOT, 'recipes', 'recipe.schema.json')));
    pages.set('README.md', pages.get('README.md') + AFTERWORD);
    return pages;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pagesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (path) => [
    path
      .slice(folder.length + 1)
      .split(sep)
      .join('/'),
    (await readFile(path, 'utf8'))
      .replace(/\r\n/g, '\n')
      .replace(/[ \t]+$/gm, '')
      .trimEnd()
      .concat('\n'),
  ];
  return new Map(await Promise.all(paths.map(read)));
}

async function write(pages) {
  await rm(OUT, { recursive: true, force: true });
  for (const [path, text] of pages) {
    await mkdir(dirname(join(OUT, path)), { recursive: true });
    await writeFile(join(OUT, path), text);
  }
}

async function check(pages) {
  const stored = await pagesIn(OUT);
  const stale = [...new Set([...pages.keys(), ...stored.keys()])]
    .filter((path) => pages.get(path) !== stored.get(path))
    .sort();
  if (stale.length === 0) return;
  throw new Error(`docs/api is not what the sources say; 'npm run docs' writes it:\n  ${stale.join('\n  ')}`);
}

try {
  await (process.argv.includes('--check') ? check : write)(await makePages());
} catch (error) {
  console.error(`docs: ${error.message}`);
  process.exitCode = 1;
}
