/**
 * A part of `npm run pictures`: docs/pictures/mixtures.png, draws of a mixture of Gaussians on the codes of `vae20`, `rae`, `wae` and
 * `aae`, all with codes of 16 units, trained on the digits that come along with the commands of the guide.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { mosaic } from '../dist/codecs/mosaic.js';
import { decodeNpy } from '../dist/codecs/npy.js';
import { encodePng } from '../dist/codecs/png.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PROGRAM = join(ROOT, 'bin', 'hourglass.js');
const FONTS = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const PANELS = [
  ['vae20', 'variational', ['--set', 'model.code.units=16']],
  ['rae', 'regularised', []],
  ['wae', 'Wasserstein', []],
  ['aae', 'adversarial', []],
];
const [SIDE, GAP, HEAD] = [400, 30, 46];

function hourglass(folder, ...args) {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`'hourglass ${args[0]}' ended with ${status}`);
  return stdout;
}

/** A hundred grey pictures as ink on paper, as a PNG in base64. */
function sheetOf(npy) {
  const { data, shape } = decodeNpy(npy, 'samples');
  const [height, width] = shape.slice(-2);
  const ink = Uint8Array.from(data, (value) => Math.round(255 * (1 - value)));
  const layout = { height, width, channels: 1, columns: 10, tile: { height: 2 * height, width: 2 * width } };
  return Buffer.from(encodePng(mosaic(ink, { ...layout, gap: 4 }))).toString('base64');
}

const folder = mkdtempSync(join(tmpdir(), 'hourglass-pictures-'));
try {
  const panels = PANELS.map(([recipe, kind, settings], i) => {
    process.stdout.write(`${recipe} …\n`);
    const data = ['--data', 'mnist-10k', '--seed', '1', '--threads', '1', '--tensorboard', 'none'];
    hourglass(folder, 'train', recipe, ...data, ...settings, '--out', recipe);
    hourglass(folder, 'sample', recipe, '--prior', 'mixture', '--count', '100', '--out', `${recipe}.npy`);
    const sheet = sheetOf(readFileSync(join(folder, `${recipe}.npy`)));
    const measured = JSON.parse(hourglass(folder, 'evaluate', recipe, '--generation', '--json')).generation;
    const { frechet } = measured.sources.find(({ source }) => source === 'mixture');
    const x = GAP + i * (SIDE + GAP);
    return [
      `<text x="${x}" y="20" font-size="15" font-weight="bold">${recipe}: ${kind}</text>`,
      `<text x="${x}" y="38" font-size="12" fill="#555">a mixture on its codes; Fréchet distance ${frechet.toFixed(1)}</text>`,
      `<image x="${x}" y="${HEAD}" width="${SIDE}" height="${SIDE}" href="data:image/png;base64,${sheet}"/>`,
    ].join('');
  });
  const [width, height] = [GAP + PANELS.length * (SIDE + GAP), HEAD + SIDE + GAP];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans"><rect width="100%" height="100%" fill="#fff"/>${panels.join('')}</svg>`;
  const picture = new Resvg(svg, {
    font: {
      fontFiles: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(FONTS, file)),
      defaultFontFamily: 'DejaVu Sans',
      loadSystemFonts: false,
    },
  });
  writeFileSync(join(ROOT, 'docs', 'pictures', 'mixtures.png'), picture.render().asPng());
  process.stdout.write('docs/pictures/mixtures.png\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
