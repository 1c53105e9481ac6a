/**
 * The second half of `npm run pictures`: docs/pictures/studio-*.png, what the studio shows of `vae` and `quick` after ten epochs on
 * the digits that come along, and of a sweep of `basic`. It needs a Chromium: the one that HOURGLASS_CHROMIUM names, or Debian's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PICTURES = join(ROOT, 'docs', 'pictures');
const PROGRAM = join(ROOT, 'bin', 'hourglass.js');
const SIZE = { width: 1280, height: 860 };
/** High enough for a table of runs with what is below it. */
const LONG = { width: 1280, height: 1150 };
/** High enough for all that is shown of a training. */
const HIGH = { width: 1280, height: 1330 };

/** Starts the studio as the guide does, on a free port, and gives its address once it listens. */
function studio(folder) {
  const places = ['--runs', join(folder, 'runs'), '--sweeps', join(folder, 'sweeps')];
  const args = [PROGRAM, 'studio', '--port', '0', ...places];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      const [found] = /http:\/\/\S+/.exec(String(text)) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on('exit', (code) => reject(new Error(`hourglass studio ended with ${code}`)));
  });
  return { child, address };
}

const folder = mkdtempSync(join(tmpdir(), 'hourglass-pictures-'));
process.stdout.write('a sweep of ten trials …\n');
const vary = ['--set', 'model.code.units=8,16,32', '--set', 'training.optimiser.learningRate=log:1e-4..1e-1'];
const one = ['--trials', '10', '--parallel', '1', '--threads', '1', '--out', join(folder, 'sweeps', 'rates')];
spawnSync(process.execPath, [
  PROGRAM,
  'sweep',
  'basic',
  '--data',
  'mnist-10k',
  '--epochs',
  '3',
  ...vary,
  ...one,
]);
const { child, address } = studio(folder);
const browser = await chromium.launch({
  executablePath: process.env.HOURGLASS_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: HIGH, locale: 'en-US', colorScheme: 'light' });
  const picture = async (name) => {
    await page.screenshot({ path: join(PICTURES, `studio-${name}.png`) });
    process.stdout.write(`docs/pictures/studio-${name}.png\n`);
  };
  /** Trains, and gives the run's id. */
  const train = async (settings) => {
    await page.goto(`${await address}#train?${settings}`);
    process.stdout.write('training in the studio …\n');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Explore its code').waitFor({ timeout: 600_000 });
    return new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('run');
  };
  const plain = await train('recipe=quick&training.epochs=10&model.code.units=2');
  const variational = await train('recipe=vae&training.epochs=10');
  await picture('train');
  await page.setViewportSize(SIZE);
  await page.getByRole('link', { name: 'Explore', exact: true }).click();
  const plane = page.locator('.plane-marks');
  await plane.waitFor();
  await page.getByText('All of the code').waitFor();
  await page.waitForTimeout(2000);
  const { x, y, width, height } = await plane.boundingBox();
  await page.mouse.move(x + width * 0.62, y + height * 0.45, { steps: 5 });
  await page.mouse.click(x + width * 0.62, y + height * 0.45);
  await page.waitForTimeout(1500);
  await picture('explore');
  await page.getByRole('link', { name: 'Try', exact: true }).click();
  await page.getByRole('button', { name: 'Any', exact: true }).click();
  await page.waitForTimeout(1500);
  await picture('try');
  await page.setViewportSize(LONG);
  await page.goto(`${await address}#compare?runs=${variational},${plain}`);
  await page.getByText('Settings that differ').waitFor();
  await page.waitForTimeout(1500);
  await picture('compare');
  await page.goto(`${await address}#compare`);
  await page.getByRole('button', { name: 'rates', exact: true }).click();
  await page.getByText(/^Best: trial/).waitFor();
  await page.waitForTimeout(1500);
  const sweeps = page.getByRole('region', { name: 'Sweeps' });
  await sweeps.screenshot({ path: join(PICTURES, 'studio-sweeps.png') });
  await page.setViewportSize(SIZE);
  const tour = `tour-name=vae&tour-step=4&tour-runs=plain:${plain},vae:${variational}`;
  await page.goto(`${await address}#explore?run=${variational}&${tour}`);
  await plane.waitFor();
  await page.waitForTimeout(2000);
  await picture('learn');
} finally {
  await browser.close();
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
