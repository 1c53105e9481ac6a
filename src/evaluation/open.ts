/** Opens a model with the statistics it needs: if a run has none, they are measured once. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { HourglassError } from '../errors.ts';
import type { ScoreKind } from '../metrics/index.ts';
import { type Model, withStatistics } from '../model/model.ts';
import { hasSampler } from '../model/samplers/names.ts';
import { defaultScoreOf, heldOutScores, STATISTICS_FILE, type Statistics } from '../model/statistics.ts';
import { loadModel } from '../node/load-model.ts';
import type { SessionData } from '../runs/index.ts';
import { fitSampler, type SamplerOptions } from './fit-samplers.ts';
import { measure } from './measure-statistics.ts';
import { SAMPLER_WORDS } from './sampler-words.ts';

export interface OpenForUse extends SessionData {
  threads?: number;
  /** Whether this use needs them. */
  statistics: boolean;
  /** The kind of score whose held-out scores must be among them; default the model's own, which all have. */
  score?: ScoreKind;
  /** What must have been fitted to its codes: if it was not, or is asked for again, it is fitted to those of the run. */
  sampler?: Pick<SamplerOptions, 'kind' | 'components' | 'steps'> & { refit?: boolean };
  onNote?: (note: string) => void;
}

/** @throws HourglassError as `loadModel` does, and if statistics are needed and their data are not here. */
export async function openForUse(path: string, options: OpenForUse): Promise<Model> {
  const { sampler } = options;
  if (sampler !== undefined && (await isRun(path)) && (await lacks(path, sampler))) {
    options.onNote?.(
      `fitting the ${SAMPLER_WORDS[sampler.kind ?? 'mixture']} to the codes of the training images …`,
    );
    const { threads, dataDir, offline, cacheDir } = options;
    const { kind, components, steps } = sampler;
    await fitSampler(path, definedOf({ threads, dataDir, offline, cacheDir, kind, components, steps }));
  }
  return opened(path, options);
}

/** Whether a sampler is to be fitted first. */
async function lacks(
  path: string,
  { kind = 'mixture', components, steps, refit }: NonNullable<OpenForUse['sampler']>,
): Promise<boolean> {
  if (refit || components !== undefined || steps !== undefined) return true;
  const model = await loadModel(path, { threads: 1 });
  await model.dispose();
  return !hasSampler(model, kind);
}

/** Without the members that are undefined. */
const definedOf = (
  given: {
    [Key in keyof SamplerOptions]: SamplerOptions[Key] | undefined;
  },
): SamplerOptions => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

async function opened(
  path: string,
  { threads, statistics, score: asked, onNote, dataDir, offline, cacheDir }: OpenForUse,
): Promise<Model> {
  const options = threads === undefined ? {} : { threads };
  const model = await loadModel(path, options);
  const score = asked ?? defaultScoreOf(model.statistics);
  const enough = heldOutScores(model.statistics, score) !== null;
  if (!statistics || enough || !(await isRun(path))) return model;
  await model.dispose();
  onNote?.(
    `${STATISTICS_FILE} ${model.statistics === null ? 'is missing' : `has no scores by ${score}`}, as in runs of an older hourglass: measuring it on the run's data …`,
  );
  const data: SessionData = Object.fromEntries(
    Object.entries({ dataDir, offline, cacheDir }).filter(([, value]) => value !== undefined),
  );
  let measured: Statistics;
  try {
    measured = await measure(path, data, (error) => {
      onNote?.(`the statistics are used but not kept: ${error.message}`);
    });
  } catch (cause) {
    if (!(cause instanceof HourglassError)) throw cause;
    throw new HourglassError(
      cause.kind,
      {
        subject: path,
        rule: `${model.statistics === null ? `has no ${STATISTICS_FILE}, and it` : `its ${STATISTICS_FILE} has no scores by ${score}, and they`} cannot be measured: ${cause.message}`,
      },
      { cause },
    );
  }
  return withStatistics(await loadModel(path, options), measured);
}

/** Otherwise it is a model's folder or file: there is nothing to measure it on. */
const isRun = (path: string): Promise<boolean> =>
  access(join(path, 'run.json')).then(
    () => true,
    () => false,
  );
