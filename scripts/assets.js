/**
 * The last step of the build: files that are not TypeScript. The compiled kernels go beside their loader. The rest goes
 * to assets/, which src and dist reach by the same path: the fonts of the pictures, the digits that come along, the
 * classifier of scripts/features.js, and the part of echarts that draws curves. Their packages are 115 MB; these files are 4.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);

/** Renamed into place, so that another process never sees half a file. */
function write(name, make) {
  const file = join(ROOT, 'assets', name);
  if (existsSync(file)) return;
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, make());
  renameSync(part, file);
}

/** All digits in the order of the package, zeros first, as one gzipped IDX file: bytes [10000, 28, 28]. */
function digits() {
  const folder = join(dirname(require.resolve('mnist/package.json')), 'src', 'digits');
  const values = Array.from(
    { length: 10 },
    (_, digit) => JSON.parse(readFileSync(join(folder, `${digit}.json`), 'utf8')).data,
  ).flat();
  const header = Buffer.alloc(16);
  for (const [i, word] of [0x803, values.length / 784, 28, 28].entries()) header.writeUInt32BE(word, 4 * i);
  // The package has each pixel / 255, rounded to three decimals: 0.149 is 38.
  const pixels = Uint8Array.from(values, (value) => Math.round((Math.round(value * 1000) * 255) / 1000));
  return gzipSync(Buffer.concat([header, pixels]), { level: 9 });
}

async function echarts() {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: join(ROOT, 'scripts/echarts-entry.js'),
    // echarts' own modules have no side effects but those that register a part.
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({ format: 'es', minify: true, comments: { legal: false } });
  return output[0].code;
}

mkdirSync(join(ROOT, 'assets'), { recursive: true });
mkdirSync(join(ROOT, 'dist/kernels'), { recursive: true });
copyFileSync(join(ROOT, 'src/kernels/kernels.wasm'), join(ROOT, 'dist/kernels/kernels.wasm'));
for (const name of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
  write(name, () => readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${name}`)));
}
write('mnist-10k-images-idx3-ubyte.gz', digits);
copyFileSync(join(ROOT, 'scripts/digit-features.onnx'), join(ROOT, 'assets/digit-features.onnx'));
if (!existsSync(join(ROOT, 'assets/echarts.js'))) {
  const code = await echarts();
  write('echarts.js', () => code);
}
