/**
 * The public types as one file, dist/hourglass.d.ts: only what `import … from 'hourglass'` mentions, so that no internal
 * type asks for @types/node in the project of a user.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

async function bundled() {
  const { rolldown } = await import('rolldown');
  const { dts } = await import('rolldown-plugin-dts');
  const bundle = await rolldown({
    input: join(dist, 'index.d.ts'),
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
function unbundled(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || process.env.npm_lifecycle_event === 'prepack') throw error;
  process.stderr.write(
    'hourglass: rolldown-plugin-dts is not installed (npm ci installs it): types not bundled\n',
  );
  return "export * from './index.js';\n";
}

const code = await bundled().catch(unbundled);
const file = join(dist, 'hourglass.d.ts');
writeFileSync(`${file}.${process.pid}`, code);
renameSync(`${file}.${process.pid}`, file);
