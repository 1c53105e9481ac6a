/**
 * The core runs wherever JavaScript does: no module of Node, none of its globals, and nothing from outside of the core
 * that could bring them in. Each file of the folders below is read with TypeScript's own scanner.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** Folders, and files without their ending, that know no platform. */
const CORE = [
  ...['choices', 'errors', 'hash', 'memory-errors', 'size', 'suggest', 'system-errors'],
  ...['graph', 'autodiff', 'onnx', 'kernels', 'engine', 'samples', 'nn', 'models', 'training', 'metrics'],
  ...['codecs', 'tables', 'render', 'record', 'recipe', 'diagnosis', 'model', 'sweeps'],
  ...[
    'data/classes',
    'data/dataset',
    'data/given',
    'data/given-values',
    'data/byte-source',
    'data/csv-records',
    'data/rows',
    'data/shuffle',
    'data/source',
    'data/splits',
    'data/tiles',
  ],
  ...[
    'arrays',
    'assemble',
    'csv',
    'format',
    'join',
    'json-lines',
    'names',
    'reader',
    'recipe-settings',
    'schema',
    'splits',
    'text',
  ].map((name) => `data/tables/${name}`),
  ...[
    'data/images/folder-settings',
    'data/images/formats',
    'data/images/image-file',
    'data/images/image-set',
  ],
  ...['data/images/idx-images', 'data/images/idx-name'],
  ...[
    'data/images/folder-names',
    'data/images/layout',
    'data/images/layout-parts',
    'data/images/anomaly-layout',
  ],
  ...['data/images/split-layout', 'data/images/mask-files', 'data/images/masks', 'data/images/left-out'],
  ...['data/images/look', 'data/images/order', 'data/images/plan-set', 'data/images/preprocessing'],
  ...['data/images/reading', 'data/images/sameness'],
  ...['runs/fingerprint', 'runs/statistics'],
  ...[
    'evaluation/anomaly-scores',
    'evaluation/detection',
    'evaluation/evaluate',
    'evaluation/importance',
    'evaluation/jacobian',
  ],
  ...[
    'evaluation/likelihood',
    'evaluation/probe',
    'evaluation/progress',
    'evaluation/statistics',
    'evaluation/worst-rows',
  ],
  ...['evaluation/residuals', 'evaluation/shortened', 'evaluation/told-passes'],
  ...['views/part-names', 'views/pictures'],
  ...[
    'session/announcer',
    'session/begin',
    'session/events',
    'session/finish',
    'session/header',
    'session/observer',
  ],
  ...[
    'session/progress',
    'session/recorder',
    'session/session',
    'session/snapshot',
    'session/snapshot-rows',
    'session/snapshots',
    'session/state',
    'session/steering',
    'session/train-model',
    'session/undoing',
  ],
];

const isOf = (entry: string, file: string): boolean => file === `${entry}.ts` || file.startsWith(`${entry}/`);
const isCore = (file: string): boolean => CORE.some((entry) => isOf(entry, file));

/** Packages of the core: each runs in a browser too. */
const PACKAGES = [
  ...['@bufbuild/protobuf/wire', 'fast-png', 'fastest-levenshtein', 'fflate', 'ml-kmeans', 'ml-matrix'],
  'papaparse',
  ...['string-width', 'zod', 'zod/mini'],
];

/** Packages of which only types are used. */
const TYPES_OF = ['echarts/core'];

/** What only Node has, or has under this name. */
const GLOBALS = new Set([
  ...['Buffer', 'process', 'global', 'require', '__dirname', '__filename'],
  ...['setImmediate', 'clearImmediate'],
]);

/** Whether an identifier names a variable or a type, rather than a property or a part of a declaration. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  const named = parent as ts.Node & { name?: ts.Node };
  return named.name !== node || ts.isShorthandPropertyAssignment(parent);
}

/** Why a file of the core is not free of a platform, one line each. */
function complaints(file: string, text: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const checkModule = (node: ts.Node | undefined, isTypeOnly = false) => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    const specifier = node.text;
    if (specifier.startsWith('.')) {
      const path = posix.normalize(posix.join(posix.dirname(file), specifier));
      if (!isCore(path)) found.push(`${file}: imports ${specifier}, which is not of the core`);
    } else if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
      found.push(`${file}: imports ${specifier}, a module of Node`);
    } else if (!PACKAGES.includes(specifier) && !(isTypeOnly && TYPES_OF.includes(specifier))) {
      found.push(`${file}: imports ${specifier}, which is not in the list of the core's packages`);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) checkModule(node.moduleSpecifier, node.importClause?.isTypeOnly);
    if (ts.isExportDeclaration(node)) checkModule(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) checkModule(node.argument.literal);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      checkModule(node.arguments[0]);
    }
    if (ts.isIdentifier(node) && GLOBALS.has(node.text) && isReference(node)) {
      found.push(`${file}: uses ${node.text}, a global of Node`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Tests and what only they use may use Node; AssemblyScript is another language. */
const isProduct = (file: string): boolean =>
  file.endsWith('.ts') &&
  !/(\.test\.ts|\.d\.ts|(^|\/)testing\.ts)$/.test(file) &&
  !file.startsWith('kernels/assembly/');

const files = (readdirSync(SRC, { recursive: true }) as string[])
  .map((file) => file.replaceAll('\\', '/'))
  .filter(isProduct)
  .filter(isCore);

test.each(CORE)('%s needs no platform', (room) => {
  const own = files.filter((file) => isOf(room, file));
  expect(own.length).toBeGreaterThan(0);
  expect(own.flatMap((file) => complaints(file, readFileSync(`${SRC}${file}`, 'utf8')))).toEqual([]);
});

describe('this test can fail', () => {
  test.each([
    ["import { readFileSync } from 'node:fs';", 'a module of Node'],
    ["import { join } from 'path';", 'a module of Node'],
    ["export * from 'node:zlib';", 'a module of Node'],
    ["const { Worker } = await import('node:worker_threads');", 'a module of Node'],
    ["type T = import('node:http').Server;", 'a module of Node'],
    ["import * as echarts from 'echarts/core';", "not in the list of the core's packages"],
    ["import sharp from 'sharp';", "not in the list of the core's packages"],
    ["import { nodeEngine } from '../node/engine/index.ts';", 'not of the core'],
    ["import { packageFile } from '../installation.ts';", 'not of the core'],
    ["const text = Buffer.from('x').toString('hex');", 'uses Buffer'],
    ['export function f(bytes: Buffer): number { return bytes.length; }', 'uses Buffer'],
    ['if (process.platform === "win32") stop();', 'uses process'],
    ['const all = { process };', 'uses process'],
    ['const x = typeof setImmediate;', 'uses setImmediate'],
  ])('%s', (text, complaint) => {
    expect(complaints('training/x.ts', text).join('\n')).toContain(complaint);
  });

  test('what is allowed is allowed', () => {
    const text = `
      import * as z from 'zod';
      import { HourglassError } from '../errors.ts';
      import type { Engine } from '../engine/index.ts';
      const steps = { process: 1, Buffer: 2 };
      export const n = steps.process + steps.Buffer;
    `;
    expect(complaints('training/x.ts', text)).toEqual([]);
  });
});
