/** Penalties on code and weights: their settings, and each as a part of the loss. */
import { z } from 'zod';
import { HourglassError } from '../errors.ts';
import { mul, type Sym } from '../graph/index.ts';
import {
  jacobianNorm,
  jacobianNormEstimate,
  l1,
  type Network,
  PROJECTIONS,
  sparsity,
  squaredWeights,
} from '../nn/index.ts';
import type { AutoencoderConfig } from './autoencoder.ts';
import type { PartSymbol } from './objective.ts';

const weight = z.number().min(0).describe('what it is multiplied by in the loss');

export const penaltiesSchema = z
  .strictObject({
    contraction: z
      .strictObject({
        weight,
        method: z
          .enum(['auto', 'exact', 'estimate'])
          .default('auto')
          .describe('exact: a pass back for each unit of the code; auto: that up to 128 units'),
        projections: z.int().min(1).max(64).default(1).describe('random vectors of an estimate'),
        projection: z.enum(PROJECTIONS).default('rademacher').describe('±1, or standard normal'),
      })
      .nullable()
      .default(null)
      .describe('‖∂h/∂x‖²_F: how far the code moves when the image does (Rifai et al., 2011)'),
    l1: z.strictObject({ weight }).nullable().default(null).describe('Σ |h| over the units of the code'),
    sparsity: z
      .strictObject({
        weight,
        target: z.number().gt(0).lt(1).default(0.05).describe('ρ: how active a unit is to be on average'),
      })
      .nullable()
      .default(null)
      .describe("KL(ρ ‖ ρ̂) over the units of a sigmoid code, ρ̂ a unit's mean over a batch (Ng, 2011)"),
    l2: z
      .strictObject({ weight, biases: z.boolean().default(false).describe('whether biases count too') })
      .nullable()
      .default(null)
      .describe('Σ w² over the weights: weight decay as a loss'),
  })
  .describe('added to the loss, each times its weight');

export type PenaltiesConfig = z.infer<typeof penaltiesSchema>;

/** `auto` means the exact penalty up to this many units of a code. */
const AFFORDABLE_UNITS = 128;

/** What penalties look at: the model as it is built so far. */
export interface Penalised {
  /** What the encoder's first layer takes, [N, pixels]. */
  image: Sym;
  /** The code without sampling, [N, units]. */
  code: Sym;
}

/** Each penalty that is set, as a part of the loss. */
export function penaltyParts(
  net: Network,
  config: PenaltiesConfig,
  { image, code }: Penalised,
): PartSymbol[] {
  const parts: PartSymbol[] = [];
  const add = (part: Omit<PartSymbol, 'symbol'>, symbol: () => Sym) =>
    parts.push({ ...part, symbol: net.within(part.name, symbol) });
  const { contraction, l2 } = config;
  if (contraction !== null) {
    const units = code.shape[1] as number;
    requirePayable(contraction, units);
    const exact = isExact(contraction, units);
    const { projections } = contraction;
    const by = `${projections} random projection${projections === 1 ? '' : 's'}`;
    const estimated = exact ? '' : `, estimated by ${by}`;
    add(
      {
        name: 'contraction',
        definition: `‖∂h/∂x‖²_F, summed over units and pixels${estimated}, mean over images`,
        unit: '‖J‖² per image',
        weight: contraction.weight,
      },
      () =>
        net.mean(
          exact
            ? jacobianNorm(net, code, image)
            : jacobianNormEstimate(net, code, image, {
                count: projections,
                projection: contraction.projection,
              }),
        ),
    );
  }
  if (config.l1 !== null) {
    const definition = 'Σ |h| over the units of the code, mean over images';
    add({ name: 'l1', definition, unit: 'Σ |h| per image', weight: config.l1.weight }, () => l1(net, code));
  }
  if (config.sparsity !== null) {
    const { target, weight } = config.sparsity;
    const definition = `KL(${target} ‖ mean activation over a batch), summed over units (nats)`;
    add({ name: 'sparsity', definition, unit: 'KL of sparsity (nats)', weight }, () =>
      sparsity(net, code, target),
    );
  }
  if (l2 !== null) {
    const definition = `Σ w² over all weights${l2.biases ? ', biases and scales' : ''}`;
    add({ name: 'l2', definition, unit: 'Σ w²', weight: l2.weight }, () =>
      mul(squaredWeights(net.parameters.values(), l2.biases), net.share),
    );
  }
  return parts;
}

/** Beyond this many units an exact penalty's graph takes minutes to compile. */
const MOST_EXACT = 256;

function requirePayable({ method }: Contraction, units: number): void {
  if (method !== 'exact' || units <= MOST_EXACT) return;
  throw new HourglassError('usage', {
    subject: 'penalties.contraction.method',
    rule: `'exact' is for codes of at most ${MOST_EXACT} units`,
    got: units,
    hint: 'set penalties.contraction.method=estimate',
  });
}

type Contraction = NonNullable<PenaltiesConfig['contraction']>;

const isExact = ({ method }: Contraction, units: number): boolean =>
  method === 'exact' || (method === 'auto' && units <= AFFORDABLE_UNITS);

/** @throws HourglassError if a penalty does not fit the model. */
export function checkPenalties(model: AutoencoderConfig, penalties: PenaltiesConfig): void {
  const { code } = model;
  if (penalties.sparsity !== null && (code.type !== 'dense' || code.activation !== 'sigmoid')) {
    throw new HourglassError('usage', {
      subject: 'penalties.sparsity',
      rule: 'needs activations from 0 to 1: a dense code with a sigmoid',
      got: code.type === 'dense' ? `a code with ${code.activation}` : `a code of type ${code.type}`,
      hint: 'set model.code.activation=sigmoid, or take penalties.l1 instead',
    });
  }
  if (penalties.contraction !== null && model.encoder.some(({ type }) => type === 'batchNorm')) {
    throw new HourglassError('usage', {
      subject: 'penalties.contraction',
      rule: 'needs an encoder in which no image sees another: batchNorm mixes the images of a batch',
      hint: 'leave batchNorm out of model.encoder',
    });
  }
}
