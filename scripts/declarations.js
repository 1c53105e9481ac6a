/**
 * The public types as one file, dist/hourglass.d.ts: only what `import … from 'hourglass'` mentions, so that no internal
 * type asks for @types/node in the project of a user.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const bundle = await rolldown({
  input: join(dist, 'index.d.ts'),
  plugins: [dts()],
  external: (id) => !id.startsWith('.') && !id.startsWith(dist),
});
const { output } = await bundle.generate({ format: 'es' });
const [{ code }, ...others] = output.filter(({ type }) => type === 'chunk');
if (others.length > 0) throw new Error('the types must be one file');
const file = join(dist, 'hourglass.d.ts');
writeFileSync(`${file}.${process.pid}`, code);
renameSync(`${file}.${process.pid}`, file);
