/** Distributions fitted to the codes of a finished run's training images, and kept next to its model. */
import { join } from 'node:path';
import type { TrainingSplits } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import { MODEL_FOLDER } from '../model/content.ts';
import type { Model } from '../model/model.ts';
import {
  AUTOREGRESSIVE_FILE,
  SAMPLER_NAMES,
  SAMPLERS_FILE,
  type SamplerName,
} from '../model/samplers/names.ts';
import { encodeSamplers, noSamplers, type Samplers } from '../model/samplers/samplers.ts';
import { inScaledUnits } from '../model/scaled-units.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadModel } from '../node/load-model.ts';
import { openRunData, type SessionData } from '../runs/index.ts';
import { writeWhole } from '../store/index.ts';
import { fitAutoregressive } from './fit-autoregressive.ts';
import { fitFlow } from './fit-flow.ts';
import { storedMixture } from './fit-mixture.ts';
import { fitSecondStage } from './fit-second-stage.ts';
import { type OnProgress, SILENT } from './progress.ts';
import { SAMPLER_WORDS } from './sampler-words.ts';
import type { SpreadCodes } from './standardised-codes.ts';
import { toldPasses } from './told-passes.ts';

/** Codes that it is fitted to, at most: spread evenly over the training images. */
const MOST_CODES = 20_000;
/** The widest code that a covariance is fitted to, as in statistics.json. */
const WIDEST = 256;

/** What is fitted, and how. */
export interface SamplerOptions extends SessionData {
  /** Default `mixture`. */
  kind?: SamplerName;
  /** The Gaussians of a mixture, of a conditional model for each class. Default: as many of 1, 2, 4, …, 64 as have the least BIC. */
  components?: number;
  /** Steps that a second stage or an autoregressive prior is fitted in. Default 2,500 and 3,000. */
  steps?: number;
  /** Seeds the start, and the draws from each image's distribution. Default 1. */
  seed?: number;
  /** Threads of ONNX Runtime. Default: as many as the run was trained with. */
  threads?: number;
  /** Called with what is being done and the share of it that is done, 0 to 1. */
  onProgress?: OnProgress;
}

/**
 * Fits a distribution to the codes of a finished run's training images and keeps it next to the run's model: then `sample` draws from
 * it. A mixture of Gaussians goes into `model/samplers.json`: of a conditional model one for each class, from which its samples are drawn. A flow and a
 * second stage (a second variational autoencoder, over the codes) go there, too. An autoregressive prior, for quantised codes, is
 * `model/autoregressive.onnx`: a small causal network that predicts each whole number of a code from those before it. For a variational model the codes are draws z = μ + σ ε, one of each image, as its decoder was
 * trained on; for others the codes themselves, and what is drawn stays within their range.
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `usage` for codes of more than 256 units, for more Gaussians than codes, for a flow of codes
 * without a variance, and for a second stage of quantised codes or of fewer than 100 images; `run` if the run is
 * not finished or cannot be written; `data` if its images are missing or have changed.
 *
 * @example
 * ```ts
 * import { fitSampler, loadModel, sample } from 'hourglass';
 *
 * await fitSampler('runs/digits', { components: 4 });
 * await using model = await loadModel('runs/digits');
 * const { note } = await sample(model, 16, 7, { from: 'mixture' });
 * console.log(note); // codes drawn from a mixture of 4 Gaussians …
 * ```
 */
export async function fitSampler(run: string, options: SamplerOptions = {}): Promise<Samplers> {
  const { components, steps, kind = 'mixture', seed = 1, onProgress = SILENT } = options;
  requireKind(kind, components);
  const { manifest, splits } = await openRunData(run, options);
  const threads = options.threads ?? manifest.threads;
  const model = inScaledUnits(await loadModel(run, { threads }));
  try {
    const { codeUnits, metadata } = model.info;
    if (kind === 'autoregressive') {
      const fitted = await fitAutoregressive(nodeEngine, model, splits, { seed, threads, steps, onProgress });
      await writeWhole(join(run, MODEL_FOLDER, AUTOREGRESSIVE_FILE), fitted);
      return model.samplers ?? noSamplers({ codeUnits, weights: metadata.weights });
    }
    requireNarrow(kind, codeUnits);
    if (kind === 'flow') requireVariance(model);
    if (kind === 'second-stage') requireContinuous(model);
    const owner = { codeUnits, weights: metadata.weights };
    const samplers: Samplers = { ...noSamplers(owner), ...model.samplers };
    if (kind === 'second-stage') {
      const { givesVariance } = model.info;
      const codes = await spreadCodes(model, splits, onProgress);
      const settings = { givesVariance, steps, seed, threads, onProgress };
      samplers[kind] = await fitSecondStage(codes, codeUnits, settings);
    }
    if (kind === 'mixture' || (kind === 'flow' && samplers.mixture === null)) {
      const { codes, labels } = await trainingCodes(model, splits, seed, onProgress);
      samplers.mixture = await storedMixture(codes, model, { labels, components, seed, onProgress });
    }
    if (kind === 'flow') {
      const codes = await spreadCodes(model, splits, onProgress);
      samplers.flow = await fitFlow(codes, codeUnits, samplers.mixture!, { seed, threads, onProgress });
    }
    await writeWhole(join(run, MODEL_FOLDER, SAMPLERS_FILE), encodeSamplers(samplers));
    return samplers;
  } finally {
    await model.dispose();
  }
}

function requireKind(kind: unknown, components: number | undefined): void {
  const known: readonly unknown[] = SAMPLER_NAMES;
  if (!known.includes(kind)) {
    throw new HourglassError('usage', {
      subject: 'kind',
      rule: `must be ${SAMPLER_NAMES.map((name) => `'${name}'`).join(' or ')}`,
      got: kind,
    });
  }
  if (kind === 'mixture' || components === undefined) return;
  throw new HourglassError('usage', {
    subject: 'components',
    rule:
      kind === 'flow'
        ? 'are of a mixture: a flow begins with the mixture that the run has'
        : 'are of a mixture alone',
    hint: kind === 'flow' ? 'fit the mixture first, with these components' : 'leave them out',
  });
}

function requireContinuous({ quantised, info: { recipe } }: Model): void {
  if (quantised === undefined) return;
  throw new HourglassError('usage', {
    subject: 'a second stage',
    rule: 'is for codes of any numbers: between the whole numbers of a quantised code there is nothing to decode',
    got: `a model of ${recipe}`,
    hint: 'take the autoregressive prior',
  });
}

function requireVariance({ info: { givesVariance, recipe } }: Model): void {
  if (givesVariance) return;
  throw new HourglassError('usage', {
    subject: 'a flow',
    rule: 'is for variational models: codes without a variance gather at single values, to which a flow shrinks instead of learning where codes are',
    got: `a model of ${recipe}`,
    hint: 'take the mixture',
  });
}

function requireNarrow(kind: SamplerName, units: number): void {
  if (units <= WIDEST) return;
  throw new HourglassError('usage', {
    subject: `a ${kind === 'mixture' ? 'mixture of Gaussians' : SAMPLER_WORDS[kind]}`,
    rule: `is for codes of at most ${WIDEST} units: ${kind === 'second-stage' ? 'it is compared with a Gaussian that has' : 'each Gaussian has'} a covariance of all of them`,
    got: units,
    hint: "draw with --from codes, which uses each unit's own variance",
  });
}

/** Draws from the posteriors of a variational model, otherwise the codes, [n, units]; and the labels of their images. */
async function trainingCodes(
  model: Model,
  { train }: TrainingSplits,
  seed: number,
  onProgress: OnProgress,
): Promise<{ codes: Float32Array; labels: Uint8Array }> {
  const { codeUnits: units, givesVariance } = model.info;
  const count = Math.min(train.count, MOST_CODES);
  const codes = new Float32Array(count * units);
  const found = new Uint8Array(count);
  let row = 0;
  const told = (share: number) => onProgress('codes', share);
  for await (const { images, own, labels } of toldPasses(model, train, told, count)) {
    const { data } = givesVariance
      ? await own.drawPosterior(images, { seed, firstRow: row })
      : await own.encode(images);
    codes.set(data, row * units);
    found.set(labels, row);
    row += data.length / units;
  }
  return { codes: codes.subarray(0, row * units), labels: found.subarray(0, row) };
}

/** The mean and σ of each image's distribution: the steps of a flow and of a second stage draw from it. Without a variance σ is 0. */
async function spreadCodes(
  model: Model,
  { train }: TrainingSplits,
  onProgress: OnProgress,
): Promise<SpreadCodes> {
  const { codeUnits: units, givesVariance } = model.info;
  const count = Math.min(train.count, MOST_CODES);
  const means = new Float32Array(count * units);
  const sigmas = new Float32Array(count * units);
  let row = 0;
  const told = (share: number) => onProgress('codes', share);
  for await (const { images, own } of toldPasses(model, train, told, count)) {
    if (!givesVariance) {
      const { data } = await own.encode(images);
      means.set(data, row * units);
      row += data.length / units;
      continue;
    }
    const { mean, logVariance } = await own.posterior(images);
    means.set(mean.data, row * units);
    sigmas.set(
      logVariance.data.map((log) => Math.exp(log / 2)),
      row * units,
    );
    row += mean.data.length / units;
  }
  return { means: means.subarray(0, row * units), sigmas: sigmas.subarray(0, row * units) };
}
