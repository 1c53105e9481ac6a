/**
 * `npm run pictures`: makes the pictures that README shows again, from the command that README shows. It trains with
 * `hourglass train`, as `npm start` does, in a temporary folder. docs/pictures/reconstructions.png comes from that run;
 * docs/pictures/terminal.png is what the command printed, as a terminal shows it.
 *
 * The pictures of docs/results.md come from `npm run results`, those of docs/performance.md from `npm run bench`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { screenOf, terminalSvg } from './terminal-svg.js';

const COLUMNS = 80;
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PICTURES = join(ROOT, 'docs', 'pictures');
const FONTS = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/** Makes the pipe that the program writes to look like a terminal of this width. */
const AS_TERMINAL = `data:text/javascript,Object.assign(process.stdout,{isTTY:true,columns:${COLUMNS}})`;

/** Trains as `npm start` does, and gives what it printed with all its control sequences. */
function printed(folder) {
  const { NO_COLOR: _, ...environment } = process.env;
  const program = join(ROOT, 'bin', 'hourglass.js');
  const { status, stdout } = spawnSync(process.execPath, ['--import', AS_TERMINAL, program, 'train'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...environment, FORCE_COLOR: '1', COLORTERM: 'truecolor', HOURGLASS_OFFLINE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`'hourglass train' ended with ${status}`);
  return stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'hourglass-pictures-'));
try {
  process.stdout.write('training as npm start does …\n');
  const lines = screenOf(`\u001b[2m$\u001b[22m npm start\n\n${printed(folder)}`);
  const [run] = readdirSync(join(folder, 'runs'));
  copyFileSync(
    join(folder, 'runs', run, 'pictures', 'reconstructions.png'),
    join(PICTURES, 'reconstructions.png'),
  );
  const picture = new Resvg(terminalSvg(lines, COLUMNS), {
    fitTo: { mode: 'zoom', value: 1.5 },
    font: {
      fontFiles: ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf'].map((file) => join(FONTS, file)),
      defaultFontFamily: 'DejaVu Sans Mono',
      loadSystemFonts: false,
    },
  });
  writeFileSync(join(PICTURES, 'terminal.png'), picture.render().asPng());
  process.stdout.write('docs/pictures/reconstructions.png\ndocs/pictures/terminal.png\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
