/** A run's report, made of what is in its folder. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readResults } from '../evaluation/results.ts';
import { defineAutoencoder } from '../models/index.ts';
import { readFileIfThere } from '../read-file.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { modelShape } from '../recipe/shape.ts';
import { readManifest, readMetrics, writeWhole } from '../store/index.ts';
import type { PageImage } from '../views/index.ts';
import { PICTURES_FOLDER } from './save-pictures.ts';

export const REPORT_FILE = 'report.html';

/** The most bytes that the pictures of a page have together; in base64 they take a third more. */
const MOST_BYTES = 3_500_000;

/** What a run folder may have for a reader, in the order of the list. */
const FILES: readonly (readonly [path: string, what: string])[] = [
  ['summary.md', 'the run on one page, as text'],
  ['results.json', 'the figures with all digits'],
  ['recipe.json', 'the configuration, with every default'],
  ['run.json', 'model, data and versions of the training'],
  ['metrics.csv', 'the losses by epoch'],
  ['metrics.jsonl', 'the same as JSON'],
  ['model/autoencoder.onnx', 'image → reconstruction, code'],
  ['model/encoder.onnx', 'image → code'],
  ['model/decoder.onnx', 'code → reconstruction'],
  ['model/weights.safetensors', 'the weights'],
  ['pictures', 'the pictures, as SVG and PNG'],
  ['epochs', 'reconstructions during training'],
  ['checkpoints', 'the states from which a training continues'],
  ['tensorboard', 'logs for TensorBoard'],
];

/**
 * Writes `report.html` into the folder of a run that has its results, and returns its path.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `run` if the run or its results are missing or damaged.
 *
 * @example
 * ```ts
 * import { writeReport } from 'hourglass';
 *
 * console.log(await writeReport('runs/digits')); // runs/digits/report.html
 * ```
 */
export async function writeReport(run: string): Promise<string> {
  const { inOrder, reportPage } = await import('../views/index.ts');
  const manifest = await readManifest(run);
  const results = await readResults(run, manifest);
  const recipe = parseRecipe(manifest.config);
  const { height, width, channels } = manifest.dataset;
  const folder = join(run, PICTURES_FOLDER);
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith('.svg'))
    .map((name) => name.slice(0, -'.svg'.length));
  const pictures = await pageImages(folder, inOrder(names));
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

interface Form {
  type: 'svg+xml' | 'png';
  bytes: Uint8Array;
}

/**
 * Pictures of a folder as data: URIs: as SVG while all of them fit a page of a few MB. Else the largest give way, one
 * after the other, to their PNG, and to smaller ones.
 */
export async function pageImages(folder: string, names: readonly string[]): Promise<PageImage[]> {
  const shown: { name: string; svg: Uint8Array; form: Form; step: number }[] = [];
  for (const name of names) {
    const svg = await readFileIfThere(join(folder, `${name}.svg`), { most: LARGEST_PICTURE });
    if (svg === null) continue;
    shown.push({ name, svg, form: { type: 'svg+xml', bytes: svg }, step: 0 });
  }
  const { svgToPng } = await import('../raster/index.ts');
  const total = () => shown.reduce((sum, { form }) => sum + form.bytes.length, 0);
  while (total() > MOST_BYTES) {
    const left = shown.filter(({ step }) => step < SCALES.length);
    if (left.length === 0) break;
    const largest = left.reduce((a, b) => (b.form.bytes.length > a.form.bytes.length ? b : a));
    const bytes = await svgToPng(Buffer.from(largest.svg).toString(), { scale: SCALES[largest.step]! });
    if (bytes.length < largest.form.bytes.length) largest.form = { type: 'png', bytes };
    largest.step++;
  }
  return shown.map(({ name, form: { type, bytes } }) => ({
    name,
    uri: `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`,
  }));
}

/** Bytes of an SVG. */
const LARGEST_PICTURE = 256 * 2 ** 20;
/** Dots a unit of the PNGs that a large picture gives way to. */
const SCALES = [2, 1, 0.5];
