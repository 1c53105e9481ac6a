/**
 * The public types, one file for each entry: dist/hourglass.d.ts, dist/browser/hourglass.d.ts and dist/browser/use.d.ts have
 * only what `import … from 'hourglass'`, from 'hourglass/web' and from 'hourglass/use' mention, so that no internal type asks for
 * @types/node in the project of a user.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

async function bundled(entry) {
  const { rolldown } = await import('rolldown');
  const { dts } = await import('rolldown-plugin-dts');
  const bundle = await rolldown({
    input: join(dist, entry),
    plugins: [dts()],
    external: (id) => !id.startsWith('.') && !id.startsWith(dist),
  });
  const { output } = await bundle.generate({ format: 'es' });
  const [types, ...others] = output.filter(({ type }) => type === 'chunk');
  if (others.length > 0) throw new Error('the public types must be one file');
  // For Symbol.asyncDispose, which the default libraries of TypeScript lack below the target esnext.
  return `/// <reference lib="esnext.disposable" />\n${types.code}`;
}

/** Good enough to work in a clone whose tools are out of date; never good enough to ship. */
function unbundled(error, entry) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || process.env.npm_lifecycle_event === 'prepack') throw error;
  process.stderr.write(
    'hourglass: rolldown-plugin-dts is not installed (npm ci installs it): types not bundled\n',
  );
  return `export * from '${entry}';\n`;
}

for (const [entry, target, address] of [
  ['index.d.ts', 'hourglass.d.ts', './index.js'],
  ['web/hourglass.d.ts', 'browser/hourglass.d.ts', '../web/hourglass.js'],
  ['web/use.d.ts', 'browser/use.d.ts', '../web/use.js'],
]) {
  const code = await bundled(entry).catch((error) => unbundled(error, address));
  const file = join(dist, target);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
}
