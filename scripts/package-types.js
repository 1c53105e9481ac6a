/**
 * Are the types wrong? Resolves every entry of package.json as TypeScript does, as an ECMAScript module from Node and by a bundler,
 * and fails where types are missing or describe another file. CommonJS is not asked: there is none.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, Package } from '@arethetypeswrong/core';
import { filterProblems, problemKindInfo } from '@arethetypeswrong/core/problems';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const RESOLUTIONS = ['node16-esm', 'bundler'];
const { name, version, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const entries = Object.entries(exports).filter(([, target]) => typeof target === 'object');

/** A module with all that it loads by a relative name. */
function closure(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, specifier] of text.matchAll(/\bfrom\s*["'](\.[^"']+)["']/g)) {
    closure(join(dirname(file), specifier), found);
  }
  return found;
}

const files = new Set([join(ROOT, 'package.json')]);
for (const [, { types, default: code }] of entries) {
  for (const file of [types, code]) closure(join(ROOT, file), files);
}
const content = Object.fromEntries(
  [...files].map((file) => [
    `/node_modules/${name}/${relative(ROOT, file).replaceAll('\\', '/')}`,
    readFileSync(file, 'utf8'),
  ]),
);
const result = await checkPackage(new Package(content, name, version), {
  entrypoints: entries.map(([entry]) => entry),
});
const problems =
  result.types === false
    ? ['no types are found']
    : Object.keys(result.entrypoints).flatMap((entrypoint) =>
        RESOLUTIONS.flatMap((resolutionKind) =>
          filterProblems(result, { entrypoint, resolutionKind }).map(
            ({ kind }) => `${entrypoint}, ${resolutionKind}: ${problemKindInfo[kind].shortDescription}`,
          ),
        ),
      );
for (const problem of new Set(problems)) process.stderr.write(`types: ${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`types: ${entries.map(([entry]) => entry).join(', ')} are right\n`);
