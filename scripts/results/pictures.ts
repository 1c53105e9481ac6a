/** The pictures of docs/results.md: of single runs, of several together, of all probes. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareRuns, drawProbes, redrawPictures } from 'hourglass';
import type { Finished, Probe } from './page.ts';
import { LAMBDAS } from './plan.ts';

/** The pictures of single runs. */
const COPIED: readonly [run: string, picture: string][] = [
  ['code3d', 'codes-3d'],
  ['code4x4', 'before-after'],
  ['vae', 'manifold'],
  ['vae', 'codes'],
  ['denoising', 'denoising'],
  ['contractive-005', 'anomalies'],
  ['sparse', 'filters'],
];

export const LAMBDA_RUNS = LAMBDAS.map((lambda) => `contractive-${String(lambda).replace('.', '')}`);

/** Copies and draws them into docs/pictures and gives their names. */
export async function drawPictures(
  root: string,
  finished: readonly Finished[],
  pixels: Probe | null,
): Promise<Set<string>> {
  const folder = join(root, 'docs', 'pictures');
  await mkdir(folder, { recursive: true });
  const drawn = new Set<string>();
  for (const [run, picture] of COPIED) {
    const found = finished.find(({ planned }) => planned.name === run);
    if (found === undefined) continue;
    const name = `${run}-${picture}.png`;
    const file = join(found.folder, 'pictures', `${picture}.png`);
    // The trainings of a sweep draw none.
    if (!existsSync(file)) await redrawPictures(found.folder);
    await copyFile(file, join(folder, name));
    drawn.add(name);
  }
  const together = async (name: string, runs: readonly string[]) => {
    const folders = runs.flatMap((run) => finished.find(({ planned }) => planned.name === run)?.folder ?? []);
    if (folders.length < runs.length) return;
    for (const file of await compareRuns(folders, join(root, 'runs', 'results', `together-${name}`))) {
      const picture = `${name}-${file.split('/').at(-1)}`;
      await copyFile(file, join(folder, picture));
      drawn.add(picture);
    }
  };
  await together('contractive', LAMBDA_RUNS);
  const probed = finished.flatMap(({ planned, probe }) =>
    probe === null ? [] : [{ name: planned.name, accuracy: probe.codes.accuracy }],
  );
  if (pixels !== null && probed.length > 0) {
    probed.sort((a, b) => b.accuracy - a.accuracy);
    const file = await drawProbes(join(root, 'runs', 'results', 'together-probes'), probed, pixels.accuracy);
    await copyFile(file, join(folder, 'probes.png'));
    drawn.add('probes.png');
  }
  await together('stacked', ['stacked', 'stacked-nodropout', 'stacked-best']);
  return drawn;
}
