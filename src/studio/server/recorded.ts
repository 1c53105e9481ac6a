/** Runs as they lie on disk, in the words of the page. */
import { join } from 'node:path';
import { GENERATION_FIGURES } from '../../metrics/figures/generation.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../../read-file.ts';
import { RESULTS_FILE } from '../../record/index.ts';
import type { RunHeader } from '../../session/index.ts';
import { recordedHeader } from '../../session/index.ts';
import { type ListedRun, readMetrics } from '../../store/index.ts';
import { listedFigures } from '../figures.ts';
import type { RunDetails, RunEntry, RunMessage, RunState } from '../protocol.ts';
import { evaluationSchema } from './results.ts';
import { idOf } from './run-ids.ts';

type Readable = Extract<ListedRun, { manifest: unknown }>;

export const isReadable = (run: ListedRun): run is Readable => 'manifest' in run;

/** What the page shows of a run in a list. */
export async function entryOf(run: ListedRun): Promise<RunEntry> {
  const id = idOf(run.folder);
  const common = { id, name: run.name, tags: run.tags };
  if (!isReadable(run)) {
    return {
      ...{ ...common, recipe: '', dataset: '', samples: 'image', state: 'failed', startedAt: '' },
      ...{ epoch: 0, epochs: 0, parameters: 0, figures: {}, verdict: null, broken: run.problem },
    };
  }
  const { manifest } = run;
  const results = run.status === 'finished' ? await resultsOf(run.folder) : null;
  return {
    ...{ ...common, recipe: manifest.recipe, dataset: manifest.dataset.name, state: run.status },
    samples: manifest.dataset.rows === null ? 'image' : 'row',
    ...{ startedAt: manifest.startedAt, epoch: manifest.epoch, epochs: epochsOf(manifest.config) },
    parameters: manifest.parameters,
    figures: results === null ? {} : { ...listedFigures(results), ...generationFigures(results) },
    verdict: results?.diagnosis?.verdict ?? null,
    broken: run.problem,
  };
}

export async function detailsOf(
  run: Readable,
  idOfData: (dataset: Readable['manifest']['dataset']) => Promise<string | null>,
): Promise<RunDetails> {
  const [entry, rows, results] = await Promise.all([
    entryOf(run),
    readMetrics(run.folder).catch(() => []),
    run.status === 'finished' ? resultsOf(run.folder) : null,
  ]);
  const { config, seed, dataset } = run.manifest;
  const data = await idOfData(dataset);
  const findings = results?.diagnosis?.findings ?? [];
  const generation = results?.generation ?? null;
  const hasModel = run.status === 'finished';
  return { ...entry, config, seed, data, rows, findings, generation, hasModel };
}

/** What a listener gets of a run that no process of this server trains. */
export async function messagesOf(run: Readable): Promise<RunMessage[]> {
  const rows = await readMetrics(run.folder).catch(() => []);
  const header: RunHeader = recordedHeader(run.folder, run.manifest);
  const { note, config } = run.manifest;
  const rates =
    (config.training as { rateChanges?: { step: number; learningRate: number }[] }).rateChanges ?? [];
  const state: RunState = run.status;
  return [
    { type: 'event', event: { type: 'start', ...header } },
    ...rows.map((row): RunMessage => ({ type: 'event', event: { type: 'epoch', row, isBest: false } })),
    ...rates.map((rate): RunMessage => ({ type: 'event', event: { type: 'learning-rate', ...rate } })),
    ...(state === 'failed' && note !== null ? [{ type: 'failed', message: note } as const] : []),
    { type: 'state', state },
  ];
}

/** How close samples come to held-out ones, where it was measured. */
function generationFigures({ generation }: Pick<Results, 'generation'>): Record<string, number> {
  const measured = { generation: generation ?? undefined };
  return Object.fromEntries(
    GENERATION_FIGURES.flatMap(({ key, read }) => {
      const value = read(measured);
      return typeof value === 'number' ? [[key, value]] : [];
    }),
  );
}

type Results = NonNullable<Awaited<ReturnType<typeof resultsOf>>>;

const epochsOf = (config: Readonly<Record<string, unknown>>): number =>
  (config.training as { epochs?: number } | undefined)?.epochs ?? 0;

/** Null if there are none, or they cannot be read: the list says what is damaged. */
async function resultsOf(folder: string) {
  try {
    const text = await readTextIfThere(join(folder, RESULTS_FILE), { most: LARGEST_JSON_FILE });
    return text === null ? null : evaluationSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
