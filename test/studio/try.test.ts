/** The view Try in Chromium with pictures of every kind, and with runs out of the ordinary. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StudioService, startStudio } from '../../dist/studio/server/index.js';
import { startBrowser } from '../support/browser.ts';
import { start, temporaryFolder } from '../support/program.ts';

const started = await startBrowser();
const skipped = typeof started === 'string' ? ` (skipped: ${started})` : '';

describe.skipIf(typeof started === 'string')(`Try${skipped}`, () => {
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
      ...['--set', 'model.condition={"on":"class"}', '--out', join(runs, 'digits')],
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

  const answered = (page: Page) => page.locator('.verdict > p', { hasText: /score/i }).first().waitFor();

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

  test('anomalies of own pictures: folders are classes, files that are none are named', async () => {
    const page = await open(`try?run=${ids.digits}&mode=anomalies`);
    const slider = page.getByRole('slider', { name: 'Threshold' });
    await page.getByText(/of 1,000 images are flagged/).waitFor();
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

  test('a conditional model: the class that fits best, or is given; drawn as another one, by keyboard', async () => {
    // Test image 4 shows the digit of its class, which a drawing does not have.
    const page = await open(`try?run=${ids.digits}&image=4`);
    const own = await page.locator('.test-image span', { hasText: 'class' }).textContent();
    await page.getByText(`Encoded as ${own}, drawn as ${own}.`).waitFor();
    await page.locator('.class-strip canvas').nth(9).waitFor();
    await page.getByRole('button', { name: 'As class 7' }).press('Enter');
    await page.getByText(`Encoded as ${own}, drawn as class 7.`).waitFor();
    await page.getByLabel('Class of the picture').selectOption('2');
    await page.getByText('Encoded as class 2, drawn as class 7.').waitFor();
    await page.getByLabel('Reconstruct as').selectOption({ label: 'its own class' });
    await page.getByText('Encoded as class 2, drawn as class 2.').waitFor();
    await page.getByLabel('Class of the picture').selectOption({ label: 'its own' });
    await page.getByText(`Encoded as ${own}, drawn as ${own}.`).waitFor();
    const drawn = await open(`try?run=${ids.digits}&draw=`);
    const { x, y, width, height } = (await drawn.locator('.pad-place canvas').boundingBox())!;
    await drawn.mouse.move(x + width / 2, y + height / 5);
    await drawn.mouse.down();
    await drawn.mouse.move(x + width / 2, y + (4 * height) / 5, { steps: 4 });
    await drawn.mouse.up();
    await drawn.getByText(/Encoded as class \d, which fits best, drawn as class \d\./).waitFor();
  });

  test('samples: from the prior, from the codes, and from a mixture that is fitted here', async () => {
    const page = await open(`try?run=${ids.digits}&mode=samples`);
    const drawn = page.locator('canvas[aria-label="64 pictures that the model has made"]');
    await page.getByText('Codes drawn from the prior N(0, I).').waitFor();
    const ofPrior = await drawn.screenshot();
    const choice = page.getByRole('combobox', { name: 'Draw from' });
    await choice.selectOption('codes');
    await page.getByText(/Codes drawn from a Gaussian fitted to 8,000 training codes/).waitFor();
    expect(await drawn.screenshot()).not.toEqual(ofPrior);
    await page.getByRole('button', { name: 'Fit a mixture of Gaussians' }).click();
    await page.getByText(/Codes drawn from a mixture of \d+ Gaussians/).waitFor();
    expect(await choice.inputValue()).toBe('mixture');
    expect(await page.getByRole('button', { name: 'Fit a mixture of Gaussians' }).count()).toBe(0);
    const unready = await fetch(`${studio.url}api/runs/${ids.digits}/samplers`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ kind: 'autoregressive' }),
    });
    expect(unready.status).toBe(422);
  });

  test('a model without statistics, and a run that is not there', async () => {
    const page = await open(`try?run=${ids.bare}&image=2`);
    await page.getByText('no scores of held-out images, so there is no threshold').waitFor();
    const none = await open('try?run=nothing');
    await none.getByText('cannot be used').waitFor();
  });

  test('the browser has nothing to complain about', () => {
    expect(complaints.filter((each) => !each.includes('404'))).toEqual([]);
  });
});
