/** A run's report, made of what is in its folder. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineAutoencoder } from '../../models/index.ts';
import { readManifest, readMetrics, writeWhole } from '../../store/index.ts';
import { PICTURES_FOLDER } from '../pictures/input.ts';
import { loadRecipe } from '../recipe.ts';
import { readResults } from '../results.ts';
import { modelShape } from '../shape.ts';
import { inOrder } from './captions.ts';
import { type PageImage, reportPage } from './report.ts';

export const REPORT_FILE = 'report.html';

/** A larger SVG, in bytes, gives way to its PNG where that is smaller: a page has at most a few MB. */
const LARGE = 500_000;

/** What a run folder may have for a reader, in the order of the list. */
const FILES: readonly (readonly [path: string, what: string])[] = [
  ['summary.md', 'the run on one page, as text'],
  ['results.json', 'the figures, with all digits'],
  ['recipe.json', 'the configuration, every default spelt out'],
  ['run.json', 'what was trained on what, with which versions'],
  ['metrics.csv', 'the losses by epoch'],
  ['metrics.jsonl', 'the same as JSON'],
  ['model/autoencoder.onnx', 'image → reconstruction, code'],
  ['model/encoder.onnx', 'image → code'],
  ['model/decoder.onnx', 'code → reconstruction'],
  ['model/weights.safetensors', 'the weights'],
  ['pictures', 'the pictures, as SVG and PNG'],
  ['epochs', 'reconstructions as training went on'],
  ['checkpoints', 'what a training goes on from'],
  ['tensorboard', 'logs for TensorBoard'],
];

/**
 * Writes `report.html` into the folder of a run that has its results, and gives its path.
 * @throws HourglassError where the run or its results are missing or damaged.
 */
export async function writeReport(run: string): Promise<string> {
  const manifest = await readManifest(run);
  const results = await readResults(run, manifest);
  const recipe = loadRecipe(manifest.config);
  const { height, width, channels } = manifest.dataset;
  const folder = join(run, PICTURES_FOLDER);
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith('.svg'))
    .map((name) => name.slice(0, -'.svg'.length));
  const pictures: PageImage[] = [];
  for (const name of inOrder(names)) pictures.push(await pageImage(folder, name));
  const page = reportPage({
    manifest,
    recipe,
    shape: modelShape(defineAutoencoder(recipe.model, { height, width, channels }), recipe),
    metrics: await readMetrics(run, manifest.epoch),
    results,
    pictures,
    files: FILES.filter(([path]) => existsSync(join(run, path))).map(([path, what]) => ({ path, what })),
  });
  const file = join(run, REPORT_FILE);
  await writeWhole(file, page);
  return file;
}

/** A picture of a folder as a data: URI: its SVG, or its PNG where the SVG is large and the PNG is not. */
export async function pageImage(folder: string, name: string): Promise<PageImage> {
  const svg = await readFile(join(folder, `${name}.svg`));
  const png = svg.length > LARGE ? await readFile(join(folder, `${name}.png`)).catch(() => null) : null;
  const uri =
    png !== null && png.length < svg.length
      ? `data:image/png;base64,${png.toString('base64')}`
      : `data:image/svg+xml;base64,${svg.toString('base64')}`;
  return { name, uri };
}
