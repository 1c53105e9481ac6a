/** Try and Learn in Chromium, with Node behind the page: by mouse, keyboard and touch, with pictures of every kind. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StudioService, startStudio } from '../../dist/studio/server/index.js';
import { startBrowser } from '../support/browser.ts';
import { start, temporaryFolder } from '../support/program.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const started = await startBrowser();
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';

describe.skipIf(typeof started === 'string')(`Try and Learn${skipped}`, () => {
  let folder = '';
  let studio: StudioService;
  const complaints: string[] = [];
  /** The ids of the runs by their names. */
  let ids: Record<string, string> = {};

  beforeAll(async () => {
    folder = await temporaryFolder();
    const runs = join(folder, 'runs');
    const { code, stderr } = await start(folder, [
      ...['train', 'quick', '--data', 'mnist-10k', '--epochs', '1', '--tensorboard', 'none'],
      ...['--set', 'model.code={"type":"gaussian","units":2}', '--set', 'loss.reduction=sum'],
      ...['--out', join(runs, 'digits')],
    ]).ended;
    expect(code, stderr).toBe(0);
    cpSync(join(runs, 'digits'), join(runs, 'bare'), { recursive: true });
    rmSync(join(runs, 'bare/model/statistics.json'));
    studio = await startStudio({ runs, port: 0 });
    const listed = await (await fetch(`${studio.url}api/runs`)).json();
    ids = Object.fromEntries((listed as { name: string; id: string }[]).map((run) => [run.name, run.id]));
  });
  afterAll(async () => {
    if (typeof started !== 'string') await started.close();
    await studio?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(fragment: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (typeof started === 'string') throw new Error(started);
    const context = await started.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${studio.url}#${fragment}`);
    return page;
  }

  const verdict = (page: Page) => page.locator('.verdict > p').first();
  const answered = (page: Page) => page.locator('.verdict > p', { hasText: /score/i }).first().waitFor();

  async function expectAccessible(page: Page): Promise<void> {
    // The page's policy forbids scripts that are not its own; this is none of the page's.
    await page.evaluate(AXE);
    const violations =
      await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join('; ')))`);
    expect(violations).toEqual([]);
  }

  const fitsAcross = async (page: Page) =>
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);

  test('by mouse: a drawing is looked at, kept in the address, undone and cleared', async () => {
    const page = await open(`try?run=${ids.digits}`);
    const pad = page.locator('.pad canvas');
    await page.getByText('Nothing is drawn yet').waitFor();
    const box = (await pad.boundingBox())!;
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 60, { steps: 6 });
    await page.mouse.move(box.x + 60, box.y + 200, { steps: 6 });
    await page.mouse.up();
    await answered(page);
    await page.getByText('like the digits of MNIST.').waitFor();
    await page.waitForURL(/draw=/);
    const said = await verdict(page).textContent();
    await page.reload();
    await answered(page);
    expect(await verdict(page).textContent()).toBe(said);
    await page.getByText(/^z1 = /).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Nothing is drawn yet').waitFor();
  });

  test('by keyboard: a pen of arrow keys, a test image, noise', async () => {
    const page = await open(`try?run=${ids.digits}`);
    await page.getByRole('application', { name: 'Drawing' }).focus();
    for (const key of ['Shift+ArrowUp', 'Space', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Space']) {
      await page.keyboard.press(key);
    }
    await answered(page);
    await page.keyboard.press('Control+z');
    await page.getByText('Nothing is drawn yet').waitFor();
    const number = page.getByLabel('Test image, 0 to 999');
    await number.fill('17');
    await answered(page);
    await page.getByText('class 4', { exact: true }).waitFor();
    await page.getByLabel('Gaussian noise').focus();
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
    await page.getByText('distance from the picture without noise').waitFor();
    await page.waitForURL(/noise=0\.2/);
  });

  test('by touch at 360 px: what the finger hides is shown next to it', async () => {
    const page = await open(`try?run=${ids.digits}`, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
    });
    await page.locator('.pad canvas').waitFor();
    await fitsAcross(page);
    const box = (await page.locator('.pad canvas').boundingBox())!;
    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + x, y: box.y + y }],
      });
    await touch('touchStart', 60, 60);
    for (let i = 1; i <= 8; i++) await touch('touchMove', 60 + 15 * i, 60 + 12 * i);
    await page.locator('.loupe').waitFor();
    await touch('touchEnd');
    await page.locator('.loupe').waitFor({ state: 'detached' });
    await answered(page);
    await fitsAcross(page);
  });

  test('pictures of every kind: converted, and that is said; or refused in a sentence', async () => {
    const page = await open(`try?run=${ids.digits}`);
    const bar = (ink: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="300"><rect x="90" y="40" width="24" height="200" fill="${ink}"/></svg>`;
    const on = (ink: string, background: string) =>
      sharp(Buffer.from(bar(ink)))
        .flatten({ background })
        .png()
        .toBuffer();
    const plain = (side: number) =>
      sharp({ create: { width: side, height: side, channels: 3, background: '#c04020' } })
        .png()
        .toBuffer();
    const files: [name: string, content: Buffer, said: string][] = [
      ['ink.png', await on('#000', '#fff'), 'It was inverted'],
      ['chalk.png', await on('#fff', '#000'), 'cropped to its ink'],
      [
        'clear.png',
        await sharp(Buffer.from(bar('#000')))
          .png()
          .toBuffer(),
        'transparent parts were put on white',
      ],
      ['colour.png', await on('#00f', '#fff'), 'Its colours became grey'],
      ['pixel.png', await plain(1), 'It was scaled from 1 × 1'],
      ['large.png', await plain(8000), 'It was scaled from 8000 × 8000'],
      ['notes.txt', Buffer.from('hello'), 'notes.txt cannot be read as a picture'],
      ['empty.png', Buffer.alloc(0), 'empty.png is empty'],
    ];
    await page.locator('.sources input[type=file]').waitFor();
    for (const [name, buffer, said] of files) {
      const mimeType = name.endsWith('.txt') ? 'text/plain' : 'image/png';
      await page.locator('.sources input[type=file]').setInputFiles({ name, mimeType, buffer });
      await page.getByText(said).waitFor();
    }
    await answered(page);
  });

  test('anomalies: the threshold by keys and by drag, classes, a large image, the table', async () => {
    const page = await open(`try?run=${ids.digits}&mode=anomalies`);
    const slider = page.getByRole('slider', { name: 'Threshold' });
    const flagged = page.getByText(/of 1,000 images are flagged/);
    await flagged.waitFor();
    const before = await flagged.textContent();
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByText('1,000 of 1,000 images are flagged').waitFor();
    const box = (await slider.boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 5, box.y + 50, { steps: 4 });
    await page.mouse.up();
    await page.getByText(/^\d of 1,000 images are flagged/).waitFor();
    await page.getByRole('button', { name: 'Threshold at 99 %' }).click();
    await page.getByText(before!).waitFor();
    await page.getByRole('checkbox', { name: '1', exact: true }).check();
    await page.getByText(/^AUROC 0\.\d{3}/).waitFor();
    await page.locator('.tiles button').first().click();
    await page.getByText('Input with the mask').waitFor();
    await page.getByLabel('Opacity of the mask').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download scores as CSV' }).click();
    expect((await download).suggestedFilename()).toBe('scores-digits.csv');
    await expectAccessible(page);
    await page.reload();
    await page.getByText('Input with the mask').waitFor();

    const pictures = join(folder, 'pictures');
    for (const of of ['good', 'bad']) mkdirSync(join(pictures, of), { recursive: true });
    const grey = (level: number) =>
      sharp({ create: { width: 28, height: 28, channels: 3, background: { r: level, g: level, b: level } } });
    for (let i = 0; i < 3; i++)
      await grey(5 * i)
        .png()
        .toFile(join(pictures, `good/${i}.png`));
    await grey(180).png().toFile(join(pictures, 'bad/0.png'));
    writeFileSync(join(pictures, 'bad/broken.png'), 'not a picture');
    await page.locator('.files input[webkitdirectory]').setInputFiles(pictures);
    await page.getByText('1 of 5 files cannot be read as pictures: pictures/bad/broken.png.').waitFor();
    await page.getByRole('checkbox', { name: 'good' }).check();
    await page.getByText(/of 4 images are flagged/).waitFor();
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByRole('cell', { name: '1 (100 %)' }).waitFor();
    await page.getByRole('cell', { name: '3 false alarms (100 %)' }).waitFor();
  });

  test('a model without statistics, and a run that is not there', async () => {
    const page = await open(`try?run=${ids.bare}&image=2`);
    await page.getByText('no scores of held-out images, so there is no threshold').waitFor();
    const none = await open('try?run=nothing');
    await none.getByText('cannot be used').waitFor();
  });

  test('a tour: its place is in the address, other views keep it, and it can be left', async () => {
    const page = await open('learn', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    await page.getByRole('button', { name: 'Start (5 steps): What is a code?' }).click();
    await page.getByText('step 1 of 5').waitFor();
    await fitsAcross(page);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByText('This step needs a model that an earlier step trains').waitFor();
    await page.getByRole('link', { name: 'Try' }).click();
    await page.getByText('step 2 of 5').waitFor();
    await page.reload();
    await page.getByText('step 2 of 5').waitFor();
    await page.goto(`${studio.url}#learn?tour-name=code&tour-step=4&tour-runs=plain:${ids.digits}`);
    await page.getByRole('button', { name: 'Draw an asterisk' }).click();
    await page.waitForURL(/#try\?run=[^&]+&draw=/);
    await answered(page);
    await page.getByRole('button', { name: 'Leave the tour' }).click();
    await page.getByText('step 4 of 5').waitFor({ state: 'detached' });
    expect(await page.evaluate('location.hash')).not.toContain('tour');
  });

  test('the browser has nothing to complain about', () => {
    expect(complaints.filter((each) => !each.includes('404'))).toEqual([]);
  });
});
