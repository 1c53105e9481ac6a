/** What `import 'hourglass'` loads at once: everything heavy waits until it is used. Counted, not timed. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** The modules that a file loads before its own first line runs. */
function loadedBy(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const isErased =
      (ts.isImportDeclaration(statement) && statement.importClause?.isTypeOnly) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly);
    if (isErased || !(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))) return [];
    const { moduleSpecifier } = statement;
    return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
  });
}

/** All that an entry loads: the product's files, relative to src, and packages. */
function closure(entry: string) {
  const [files, packages] = [new Set<string>(), new Set<string>()];
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const specifier of loadedBy(file)) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  visit(join(SRC, entry));
  return {
    files: [...files].map((file) => relative(SRC, file).replaceAll('\\', '/')),
    packages: [...packages].sort(),
  };
}

test('of packages only schemas, protobuf and spelling', () => {
  expect(closure('index.ts').packages).toEqual([
    '@bufbuild/protobuf/wire',
    'fastest-levenshtein',
    'zod',
    'zod/mini',
  ]);
});

test('of the product nothing that draws, serves, or writes to a terminal', () => {
  const { files } = closure('index.ts');
  expect(files).toContain('model/model.ts');
  const rooms = new Set(files.map((file) => file.split('/')[0]));
  for (const room of ['cli', 'server', 'views', 'render', 'outputs']) expect(rooms, room).not.toContain(room);
});

test('this test can fail: the command line loads more', () => {
  const { files, packages } = closure('cli/main.ts');
  expect(packages).toContain('commander');
  expect(files.some((file) => file.startsWith('cli/'))).toBe(true);
});

test('no native library is in the process', () => {
  const entry = new URL('../lib/index.js', import.meta.url).href;
  const code = `await import(${JSON.stringify(entry)});
    process.report.excludeNetwork = true;
    console.log(JSON.stringify(process.report.getReport().sharedObjects));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  });
  const libraries = JSON.parse(printed) as string[];
  expect(libraries.length).toBeGreaterThan(0);
  expect(libraries.filter((library) => /sharp|vips|resvg|onnxruntime/.test(library))).toEqual([]);
});
