/**
 * Imports run one way. Every import in src is read with TypeScript's own scanner and held against the table
 * below; a layer that is not in it, an arrow that is not in it, and a cycle all fail.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** Every layer, and the layers it may import. Those in OPEN_TO_ALL are open to all. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  choices: [],
  hash: [],
  installation: [],
  suggest: [],
  version: [],
  printable: [],
  command: [],
  'read-file': [],
  size: [],
  'memory-errors': [],
  'system-errors': [],

  // The engine.
  graph: [],
  autodiff: ['graph'],
  onnx: ['graph'],
  kernels: [],
  engine: ['graph', 'kernels'],

  // What is trained, and how.
  nn: ['graph', 'autodiff'],
  models: ['graph', 'autodiff', 'nn', 'onnx'],
  samples: [],
  training: ['models', 'nn', 'engine', 'samples'],
  metrics: ['graph', 'onnx', 'engine', 'samples'],

  // Node's engine, the threads that run on it, and what lies on its disk: recipes, models.
  node: [
    'graph',
    'onnx',
    'kernels',
    'engine',
    'models',
    'training',
    'codecs',
    'store',
    'record',
    'recipe',
    'model',
  ],

  // The engine of pages, and what is written on it.
  web: [
    ...['session', 'model', 'recipe', 'record', 'data', 'samples', 'models', 'training', 'codecs'],
    ...['graph', 'onnx', 'kernels', 'engine', 'tables'],
    // Types only.
    ...['diagnosis', 'metrics'],
  ],

  // Bytes, files, pictures.
  codecs: [],
  tables: ['samples'],
  data: ['codecs', 'samples', 'tables'],
  record: ['codecs', 'tables'],
  store: ['codecs', 'record'],
  render: ['codecs'],
  raster: ['render'],

  // A model from its settings to its figures.
  recipe: ['models', 'training', 'samples', 'tables'],
  diagnosis: ['samples', 'metrics', 'models', 'recipe', 'record'],
  model: [
    ...['recipe', 'diagnosis', 'models', 'training', 'metrics', 'onnx', 'samples'],
    ...['engine', 'data', 'codecs', 'record', 'tables'],
  ],
  runs: ['model', 'recipe', 'samples', 'training', 'node', 'data', 'record', 'store', 'tables'],
  evaluation: [
    ...['runs', 'model', 'diagnosis', 'recipe', 'models', 'training', 'metrics', 'samples'],
    ...['engine', 'node', 'data', 'record', 'store', 'tables'],
  ],

  // Many trainings, as values and decisions.
  sweeps: ['recipe', 'metrics'],

  // What is shown, what is written, and what a user does.
  views: [
    ...[
      'sweeps',
      'evaluation',
      'runs',
      'model',
      'diagnosis',
      'recipe',
      'models',
      'training',
      'metrics',
      'graph',
      'engine',
    ],
    ...['samples', 'tables', 'render', 'codecs', 'data', 'record'],
  ],
  outputs: ['views', 'tables', 'model', 'metrics', 'render', 'raster', 'codecs', 'data', 'store'],
  session: [
    'tables',
    ...['views', 'evaluation', 'runs', 'model', 'recipe', 'models', 'training', 'metrics', 'samples'],
    ...['engine', 'node', 'render', 'raster', 'codecs', 'data', 'record', 'store'],
  ],
  // What machines say to each other.
  queue: [],
  jobs: [
    ...[
      'queue',
      'model',
      'sweeps',
      'views',
      'diagnosis',
      'session',
      'evaluation',
      'runs',
      'recipe',
      'metrics',
      'render',
      'codecs',
      'data',
      'node',
      'record',
    ],
    'store',
  ],

  // The faces.
  api: [
    ...['jobs', 'session', 'outputs', 'views', 'evaluation', 'diagnosis', 'model', 'recipe', 'metrics'],
    ...['sweeps', 'node', 'samples'],
  ],
  server: ['api', 'node', 'samples', 'data', 'codecs', 'tables'],
  // What the studio's page says to what is behind it.
  studio: [
    ...['api', 'server', 'session', 'views', 'runs', 'model', 'metrics', 'diagnosis', 'record', 'store'],
    ...['data', 'node', 'samples', 'tables'],
  ],
  cli: ['api', 'tables', 'node', 'server', 'studio', 'record', 'store', 'data', 'render'],
  // Not api, whose commands and outputs a program that imports 'hourglass' does not need.
  index: [
    ...['jobs', 'session', 'evaluation', 'diagnosis', 'model', 'recipe', 'metrics'],
    ...['server', 'record', 'store', 'data', 'engine', 'node', 'tables', 'render'],
    // Types only.
    ...['models', 'training', 'runs'],
  ],
};

const OPEN_TO_ALL = [
  'choices',
  'command',
  'errors',
  'hash',
  'installation',
  'memory-errors',
  'printable',
  'read-file',
  'size',
  'suggest',
  'system-errors',
  'version',
];

/** Packages that only some layers may import; `public name` is the package itself. */
const PACKAGES: readonly { match: RegExp; layers: readonly string[]; why: string }[] = [
  { match: /^onnxruntime-/, layers: ['node'], why: 'only node runs graphs' },
  { match: /^(commander|cli-progress|picocolors)/, layers: ['cli'], why: 'only cli knows the terminal' },
  {
    match: /^(@?hono|prom-client)(\/|$)/,
    layers: ['server', 'studio'],
    why: 'only server and studio know HTTP',
  },
  { match: /^hourglass(\/|$)/, layers: [], why: 'src does not import itself by its public name' },
];

interface Import {
  /** The importing file, relative to src, with forward slashes. */
  file: string;
  specifier: string;
}

/** The modules a file imports: statically, dynamically, re-exported, by type, by require or as a worker. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined) => {
    if (node !== undefined && ts.isStringLiteralLike(node)) found.push({ file, specifier: node.text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const isRequire =
        (ts.isIdentifier(callee) && callee.text === 'require') ||
        // createRequire(import.meta.url)('x')
        (ts.isCallExpression(callee) && callee.expression.getText(source) === 'createRequire');
      if (callee.kind === ts.SyntaxKind.ImportKeyword || isRequire) add(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  visit(source);
  return found;
}

/** The layer of a path within src: its folder, or its own name at the top. */
const layerOf = (path: string): string => path.split('/')[0]!.replace(/\.ts$/, '');

/** The layer an import leads to; null for a package, `outside` for a path that leaves src. */
function target({ file, specifier }: Import): string | null {
  if (!specifier.startsWith('.')) return null;
  const path = normalize(join(dirname(file), specifier))
    .split(sep)
    .join('/');
  return path.startsWith('..') ? 'outside' : layerOf(path);
}

/** What is wrong with these imports, one line each. */
function complaints(imports: readonly Import[]): string[] {
  const found: string[] = [];
  for (const each of imports) {
    const { file, specifier } = each;
    const from = layerOf(file);
    const allowed = ALLOWED[from];
    if (allowed === undefined) {
      found.push(`${file}: the layer '${from}' is not in the table of test/architecture.test.ts`);
      continue;
    }
    const to = target(each);
    if (to === null) {
      for (const { match, layers, why } of PACKAGES) {
        if (match.test(specifier) && !layers.includes(from))
          found.push(`${file}: imports ${specifier}: ${why}`);
      }
    } else if (to !== from && !OPEN_TO_ALL.includes(to) && !allowed.includes(to)) {
      found.push(`${file}: ${from} may not import ${to} (${specifier})`);
    }
  }
  return [...found, ...cycles(imports)];
}

/** Folders that import one another, however long the way round. */
function cycles(imports: readonly Import[]): string[] {
  const arrows = new Map<string, Set<string>>();
  for (const each of imports) {
    const [from, to] = [layerOf(each.file), target(each)];
    if (to === null || to === from) continue;
    arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
  }
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (layer: string, path: readonly string[]): void => {
    const at = path.indexOf(layer);
    if (at >= 0) found.push(`a cycle: ${[...path.slice(at), layer].join(' → ')}`);
    if (at >= 0 || done.has(layer)) return;
    for (const next of arrows.get(layer) ?? []) walk(next, [...path, layer]);
    done.add(layer);
  };
  for (const layer of arrows.keys()) walk(layer, []);
  return found;
}

/** Layers that write files: the cache of data sets, the runs' store, and results. */
const WRITERS = ['data', 'store', 'outputs'];

/** What may be imported from node:fs elsewhere; `read-file.ts` opens files, and only to read them. */
const READING = new Set([
  ...['access', 'constants', 'existsSync', 'lstat', 'readdir', 'readdirSync', 'readFile', 'readFileSync'],
  ...['readlinkSync', 'realpath', 'realpathSync', 'stat', 'FileHandle', 'Stats'],
]);

/** Names that a file takes from node:fs although it should only read, one line each. */
function writes(file: string, text: string): string[] {
  if (WRITERS.includes(layerOf(file)) || file === 'read-file.ts') return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isImportDeclaration).flatMap(({ moduleSpecifier, importClause }) => {
    if (!/^(node:)?fs(\/promises)?$/.test((moduleSpecifier as ts.StringLiteral).text)) return [];
    const bindings = importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) return [`${file}: imports all of node:fs`];
    const names = bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
    return names
      .filter((name) => !READING.has(name))
      .map((name) => `${file}: imports ${name}; only ${WRITERS.join(', ')} write files`);
  });
}

/** Files that import one another, types included: each group is named once, in the order it was found. */
function fileCycles(imports: readonly Import[]): string[] {
  const arrows = new Map<string, string[]>();
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith('.')) continue;
    const to = normalize(join(dirname(file), specifier))
      .split(sep)
      .join('/');
    arrows.set(file, [...(arrows.get(file) ?? []), to]);
  }
  // Tarjan's strongly connected components.
  const found: string[] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    open.push(file);
    for (const to of arrows.get(file) ?? []) {
      if (!order.has(to)) visit(to);
      if (open.includes(to)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(to)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const group = open.splice(open.indexOf(file));
    if (group.length > 1) found.push(`files that import one another: ${group.sort().join(', ')}`);
  };
  for (const file of arrows.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** Tests and what only they use may import anything; AssemblyScript is another language. */
const isProduct = (file: string) =>
  file.endsWith('.ts') &&
  !/(\.test\.ts|\.d\.ts|(^|\/)testing\.ts)$/.test(file) &&
  !file.startsWith('kernels/assembly/');

const files = (readdirSync(SRC, { recursive: true }) as string[])
  .map((file) => relative(SRC, join(SRC, file)).split(sep).join('/'))
  .filter(isProduct);

const imports = files.flatMap((file) => importsOf(file, readFileSync(join(SRC, file), 'utf8')));

describe('src', () => {
  test('is read', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(200);
    // One of each kind: dynamic, by createRequire, re-exported.
    expect(imports).toContainEqual({ file: 'cli/train.ts', specifier: '../api.ts' });
    expect(imports).toContainEqual({ file: 'node/engine/session.ts', specifier: 'onnxruntime-common' });
    expect(imports).toContainEqual({ file: 'index.ts', specifier: './data/open.ts' });
  });

  test('every arrow points the right way', () => expect(complaints(imports)).toEqual([]));

  test('no files import one another, types included', () => expect(fileCycles(imports)).toEqual([]));

  test('only some layers write files', () => {
    expect(files.flatMap((file) => writes(file, readFileSync(join(SRC, file), 'utf8')))).toEqual([]);
  });

  test('what is started by its path is called thread or process, by which scripts/program.js finds it', () => {
    const started = files
      .filter((file) => !file.startsWith('web/'))
      .flatMap((file) => [
        ...readFileSync(join(SRC, file), 'utf8').matchAll(
          /new URL\('(\.[^']*\.js)', import\.meta\.url\)|\bstart(?:Thread|Process)\b[^;]*?'([^']+\.js)'/g,
        ),
      ])
      .map(([, address, name]) => address ?? name!)
      .filter((path) => !path.includes('/dist/browser/') && !path.includes('/assets/'));
    expect(started).toContain('./thread.js');
    expect(started).toContain('desk-thread.js');
    for (const path of started) expect(path).toMatch(/\b(thread|process)\.js$/);
  });

  test('the table names no layer that is not there', () => {
    const layers = new Set(files.map(layerOf));
    expect(Object.keys(ALLOWED).filter((layer) => !layers.has(layer))).toEqual([]);
  });

  test('the table itself has no cycle', () => {
    const arrows = Object.entries(ALLOWED).flatMap(([from, tos]) =>
      tos.map((to) => ({ file: `${from}/x.ts`, specifier: `../${to}/y.ts` })),
    );
    expect(cycles(arrows)).toEqual([]);
  });
});

describe('this test can fail', () => {
  const bad = (file: string, text: string) => complaints(importsOf(file, text));

  test.each([
    ['graph/order.ts', "import { x } from '../engine/index.ts';", 'graph may not import engine'],
    ['graph/order.ts', "export * from '../nn/index.ts';", 'graph may not import nn'],
    ['nn/layers.ts', "import type { X } from '../models/index.ts';", 'nn may not import models'],
    ['training/loop.ts', "const s = await import('../store/index.ts');", 'training may not import store'],
    ['data/open.ts', "import '../session/train.ts';", 'data may not import session'],
    ['evaluation/evaluate.ts', "import '../views/summary.ts';", 'evaluation may not import views'],
    ['views/summary.ts', "import '../session/state.ts';", 'views may not import session'],
    ['codecs/png.ts', "type T = import('../store/index.ts').Manifest;", 'codecs may not import store'],
    ['nn/layers.ts', "import { Tensor } from 'onnxruntime-node';", 'only node runs graphs'],
    [
      'models/x.ts',
      "const ort = createRequire(import.meta.url)('onnxruntime-web');",
      'only node runs graphs',
    ],
    ['session/train.ts', "import pc from 'picocolors';", 'only cli knows the terminal'],
    ['session/train.ts', "import { train } from 'hourglass';", 'by its public name'],
    ['session/train.ts', "import x from '../../test/reference/random.ts';", 'session may not import outside'],
    ['parlour/app.ts', "import { x } from '../api.ts';", "the layer 'parlour' is not in the table"],
    ['errors.ts', "import { x } from './runs/data.ts';", 'errors may not import runs'],
  ])('%s: %s', (file, text, complaint) => {
    expect(bad(file, text).join('\n')).toContain(complaint);
  });

  test('a cycle is found, with its way round', () => {
    const round = [
      { file: 'graph/a.ts', specifier: '../onnx/b.ts' },
      { file: 'onnx/b.ts', specifier: '../engine/c.ts' },
      { file: 'engine/c.ts', specifier: '../graph/a.ts' },
    ];
    expect(cycles(round)).toEqual(['a cycle: graph → onnx → engine → graph']);
  });

  test.each([
    ['views/summary.ts', "import { writeFile } from 'node:fs/promises';", 'imports writeFile'],
    [
      'session/export.ts',
      "import { readFile, copyFile as take } from 'node:fs/promises';",
      'imports copyFile',
    ],
    ['model/ship.ts', "import fs from 'node:fs';", 'imports all of node:fs'],
    ['cli/main.ts', "import * as fs from 'fs';", 'imports all of node:fs'],
  ])('%s: %s', (file, text, complaint) => expect(writes(file, text).join('\n')).toContain(complaint));

  test('files that import one another are found, types included', () => {
    const round = [
      { file: 'nn/a.ts', specifier: './b.ts' },
      { file: 'nn/b.ts', specifier: './c.ts' },
      { file: 'nn/c.ts', specifier: './a.ts' },
      { file: 'nn/d.ts', specifier: './a.ts' },
    ];
    expect(fileCycles(round)).toEqual(['files that import one another: nn/a.ts, nn/b.ts, nn/c.ts']);
  });

  test('what is allowed is allowed', () => {
    expect(
      bad('nn/layers.ts', "import { x } from '../graph/index.ts'; import './y.ts'; import '../errors.ts';"),
    ).toEqual([]);
  });
});
