/** New images: codes drawn from a distribution, decoded. */
import type { FloatArray, ModelEngine } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import { rootOf } from '../../metrics/covariance-root.ts';
import { labelsFor, type Told } from '../classes.ts';
import type { Model } from '../model.ts';
import { normalNumbers } from '../normal.ts';
import type { Autoregressive } from '../samplers/autoregressive.ts';
import {
  AUTOREGRESSIVE_FILE,
  hasSampler,
  SAMPLER_NAMES,
  SAMPLERS_FILE,
  type SamplerName,
} from '../samplers/names.ts';
import type { Samplers } from '../samplers/samplers.ts';
import { requireStatistics, type Statistics } from '../statistics.ts';
import { requireWhole } from './checks.ts';
import { requireQuantised } from './integers.ts';

/** What codes can be drawn from. */
export const SAMPLE_SOURCES = ['prior', 'codes', 'normal', ...SAMPLER_NAMES] as const;

/**
 * `prior`: the prior of the code, which only some models have: N(0, I) of a Gaussian code. `codes`: a Gaussian with the mean and the
 * covariance of the training images' codes; for codes of more than 256 units, with each unit's own variance. `normal`: N(0, I),
 * whatever the codes are. Fitted to the codes after the training (`fitSampler`): `mixture`, a mixture of Gaussians; `flow`, such a
 * mixture bent by a normalising flow, for variational models; `second-stage`, a second variational autoencoder over the codes; and
 * `autoregressive`, for quantised codes, which draws one whole number after the other, each given those before it.
 */
export type SampleSource = (typeof SAMPLE_SOURCES)[number];

/** What codes are drawn from. */
export interface SampleOptions extends Told {
  /** Default: `prior` for a model whose code has one, as a variational model; `autoregressive` where it was fitted; otherwise `codes`. */
  from?: SampleSource;
  /** The position of the first sample in the seed's sequence, if they are drawn in pieces. Default 0. */
  first?: number;
}

/** Codes that were drawn, and their images. */
export interface Samples {
  /** [n, channels, height, width]. */
  images: FloatArray;
  /** [n, units]. */
  codes: FloatArray;
  /** What the codes were drawn from. */
  from: SampleSource;
  /** A description of what the codes were drawn from. */
  note: string;
}

/**
 * Draws codes and decodes them: the same for the same model, count and seed.
 * @throws HourglassError if the model has no prior to draw from, or the statistics of the codes are missing.
 */
export async function sample(
  engine: ModelEngine,
  model: Model,
  count: number,
  seed = 1,
  options: SampleOptions = {},
): Promise<Samples> {
  const { codeUnits: units } = model.info;
  const { from = defaultSource(model), first = 0 } = options;
  requireWhole('samples', count, 1);
  requireWhole('seed', seed, 0);
  requireWhole('first sample', first, 0);
  if (!SAMPLE_SOURCES.includes(from)) {
    throw new HourglassError('usage', {
      subject: 'samples',
      rule: `must be from ${SAMPLE_SOURCES.map((name) => `'${name}'`).join(', ')}`,
      got: from,
    });
  }
  const normal = (): FloatArray => ({
    data: normalNumbers(engine, count * units, seed, first * units),
    shape: [count, units],
  });
  const draw: Record<SampleSource, () => FloatArray | Promise<FloatArray>> = {
    prior: () => model.draw(count, seed, first),
    normal,
    codes: () => {
      const { codes } = requireStatistics(model, 'sampling');
      return { data: spread(normal().data, codes), shape: [count, units] };
    },
    mixture: async () => {
      const mixture = requireSampler(model, 'mixture');
      const labels = labelsFor(model.info, options, count);
      return (await fitted()).drawMixture(engine, mixture, count, seed, first, labels);
    },
    flow: async () => {
      const flow = requireSampler(model, 'flow');
      return (await fitted()).drawFlow(engine, flow, count, seed, first);
    },
    'second-stage': async () => {
      const stage = requireSampler(model, 'second-stage');
      return (await fitted()).drawSecondStage(engine, stage, count, seed, first);
    },
    autoregressive: async () => {
      const prior = requireAutoregressive(model);
      const { codesOfIntegers } = await import('../quantised.ts');
      const integers = (await ofIntegers()).drawIntegers(engine, prior, count, seed, first);
      const { info } = model;
      return { data: codesOfIntegers(requireQuantised(model), integers, info.recipe), shape: [count, units] };
    },
  };
  const codes = await draw[from]();
  return {
    images: await model.decode(codes.data, options.classes === undefined ? {} : { classes: options.classes }),
    codes,
    from,
    note: await noteOf(model, from),
  };
}

/** Few models have what these draw from. */
const fitted = () => import('../samplers/fitted.ts');
const ofIntegers = () => import('../samplers/autoregressive.ts');

/**
 * What a model's codes can be drawn from, what they are drawn from by default first.
 *
 * @example
 * ```ts
 * import { loadModel, sampleSources } from 'hourglass';
 *
 * await using model = await loadModel('runs/vae');
 * console.log(sampleSources(model)); // [ 'prior', 'codes', … ]
 * ```
 */
export function sampleSources(
  model: Pick<Model, 'info' | 'statistics' | 'samplers' | 'autoregressive'>,
): SampleSource[] {
  const { prior } = model.info;
  const has: Record<SampleSource, boolean> = {
    prior: prior !== null,
    codes: model.statistics !== null,
    normal: !prior?.isStandardNormal,
    mixture: hasSampler(model, 'mixture'),
    flow: hasSampler(model, 'flow'),
    'second-stage': hasSampler(model, 'second-stage'),
    autoregressive: hasSampler(model, 'autoregressive'),
  };
  const own = defaultSource(model);
  return [own, ...SAMPLE_SOURCES.filter((name) => name !== own)].filter((name) => has[name]);
}

/** What a model is drawn from by default. */
const defaultSource = ({ info, autoregressive }: Pick<Model, 'info' | 'autoregressive'>): SampleSource =>
  info.prior !== null ? 'prior' : autoregressive === undefined ? 'codes' : 'autoregressive';

/** @throws HourglassError if none was fitted. */
function requireAutoregressive(model: Pick<Model, 'autoregressive' | 'quantised' | 'info'>): Autoregressive {
  requireQuantised(model);
  if (model.autoregressive !== undefined) return model.autoregressive;
  throw new HourglassError('run', {
    subject: `model of ${model.info.recipe}`,
    rule: `has no autoregressive prior to draw from: its ${AUTOREGRESSIVE_FILE} is missing`,
    hint: "fit it to the codes of the run: hourglass sample <run> --prior autoregressive, or fitSampler('<run>', { kind: 'autoregressive' })",
  });
}

/** @throws HourglassError if none was fitted. */
function requireSampler<Name extends Exclude<SamplerName, 'autoregressive'>>(
  { samplers, info }: Pick<Model, 'samplers' | 'info'>,
  name: Name,
): NonNullable<Samplers[Name]> {
  const found = samplers?.[name] ?? null;
  if (found !== null) return found;
  throw new HourglassError('run', {
    subject: `model of ${info.recipe}`,
    rule: `has no ${name} to draw from: its ${SAMPLERS_FILE} is missing, or has none`,
    hint: `fit it to the codes of the run: hourglass sample <run> --prior ${name}, or fitSampler('<run>', { kind: '${name}' })`,
  });
}

async function noteOf(
  { info, statistics, samplers, autoregressive }: Model,
  from: SampleSource,
): Promise<string> {
  if (from === 'autoregressive')
    return `codes drawn from an autoregressive prior: ${(await ofIntegers()).heldOutText(autoregressive!.heldOut)}`;
  if (from === 'mixture') return `codes drawn from a mixture of ${samplers!.mixture!.note}`;
  if (from === 'flow' || from === 'second-stage') return `codes drawn from ${samplers![from]!.note}`;
  if (from === 'normal') {
    return `codes drawn from N(0, I)${info.prior?.isStandardNormal ? '' : ', which is not what the codes of this model follow'}`;
  }
  if (from === 'prior') return `codes drawn from the prior ${info.prior!.name}`;
  const { images, covariance } = statistics!.codes;
  const what = covariance === null ? "each unit's mean and variance" : 'mean and covariance';
  return `codes drawn from a Gaussian fitted to ${images.toLocaleString('en')} training codes (${what}), not from a prior`;
}

/** Standard normal rows [n, units] as rows with the codes' mean and covariance. */
function spread(normal: Float32Array, codes: Statistics['codes']): Float32Array {
  const units = codes.mean.length;
  const rows = new Float32Array(normal.length);
  const factor = codes.covariance === null ? null : rootOf(codes.covariance);
  for (let start = 0; start < rows.length; start += units) {
    for (let i = 0; i < units; i++) {
      let value = codes.mean[i]!;
      if (factor === null) value += codes.std[i]! * normal[start + i]!;
      else for (let j = 0; j <= i; j++) value += factor[i * units + j]! * normal[start + j]!;
      rows[start + i] = value;
    }
  }
  return rows;
}
