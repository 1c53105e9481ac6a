/** The studio's view Explore over 70,000 images in a browser: drawing, and pictures that follow the pointer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset, train } from 'hourglass';
import { serveExplore } from '../test/studio/support/explore-site.ts';
import type { ExploreTimes } from '../test/studio/support/explore-times.ts';
import { startBrowser } from '../test/support/browser.ts';
import { number } from './words.ts';

const RECIPES = ['vae', 'stacked'];
const IMAGES = 70_000;

/** What is aimed at. */
const AIMS = { frames: 50, firstDraw: 50, pictures: 16, decoding: 16 };

export interface StudioReport {
  readonly recipe: string;
  readonly times: ExploreTimes;
}

/** Or, in words, why it cannot be measured. */
export async function measureStudio(
  { root, folder }: { root: string; folder: string },
  log: (line: string) => void,
): Promise<StudioReport[] | string> {
  const started = await startBrowser();
  if (typeof started === 'string') return started;
  const reports: StudioReport[] = [];
  try {
    for (const recipe of RECIPES) {
      log(`studio: training ${recipe}`);
      const run = await train(recipe, {
        ...{ data: 'mnist-10k', epochs: 1, tensorboard: 'none', out: join(folder, `studio-${recipe}`) },
      });
      const site = await serveExplore([await servedRun(recipe, run.folder)], root);
      try {
        log(`studio: ${recipe}: codes of ${IMAGES} images`);
        const page = await started.browser.newPage({ viewport: { width: 1440, height: 900 } });
        page.setDefaultTimeout(0);
        const plane = recipe === 'vae' ? 'units' : 'axes';
        await page.goto(`${site.url}/page.html#explore?run=${recipe}&plane=${plane}`);
        await page.waitForSelector('.plane-area');
        await page.waitForFunction(
          `document.querySelector('.plane-points').dataset.visible > ${0.99 * IMAGES}`,
        );
        log(`studio: ${recipe}: measuring`);
        reports.push({ recipe, times: await page.evaluate<ExploreTimes>('measureExplore()') });
        await page.close();
      } finally {
        await site.close();
      }
    }
  } finally {
    await started.close();
  }
  return reports;
}

/** The digits that come along, as often as it takes: their codes lie on one another. */
async function servedRun(id: string, run: string) {
  const { train: digits, classes } = await openDataset('mnist-10k');
  const size = 28 * 28;
  const values = new Uint8Array(IMAGES * size);
  const labels = new Uint8Array(IMAGES);
  for (let i = 0; i < IMAGES; i++) {
    const from = i % digits.count;
    values.set(digits.images.subarray(from * size, (from + 1) * size), i * size);
    labels[i] = digits.labels[from]!;
  }
  const model = join(run, 'model');
  const files = readdirSync(model).map(
    (name) => [name, new Uint8Array(readFileSync(join(model, name)))] as const,
  );
  return {
    entry: {
      ...{
        id,
        name: id,
        recipe: id,
        dataset: 'mnist-10k',
        state: 'finished' as const,
        startedAt: '',
        samples: 'image' as const,
      },
      ...{ epoch: 1, epochs: 1, parameters: 0, tags: [], figures: {}, verdict: null, broken: null },
    },
    ...{
      images: { kind: 'image' as const, height: 28, width: 28, channels: 1 as const, classes },
      model: new Map(files),
    },
    splits: { train: { values, labels }, test: { values, labels } },
  };
}

export function studioLines(reports: readonly StudioReport[]): string[] {
  const rows = reports.flatMap(({ recipe, times }) => {
    const row = (what: string, value: number, unit: string, aim: number, most: boolean) =>
      `| \`${recipe}\`: ${what} | ${number(value)} ${unit} | ${most ? '≤' : '≥'} ${aim} | ${(most ? value <= aim : value >= aim) ? 'yes' : '**no**'} |`;
    const points = `${times.points.toLocaleString('en')} codes`;
    return [
      row(`${points}, zooming`, times.zooming, 'frames/s', AIMS.frames, false),
      row(`${points}, panning`, times.panning, 'frames/s', AIMS.frames, false),
      row(`${points}, first drawing`, times.firstDraw, 'ms', AIMS.firstDraw, true),
      row(`${times.pictures} pictures, 95 % of drawings`, times.drawingPictures, 'ms', AIMS.pictures, true),
      row('pointer to decoded picture, 95 % of moves', times.decoding, 'ms', AIMS.decoding, true),
    ];
  });
  return ['| what | measured | aim | reached |', '| --- | --- | --- | --- |', ...rows];
}
