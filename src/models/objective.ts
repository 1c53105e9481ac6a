/**
 * What is minimised: corruption, network, code, penalties and likelihood composed into one number, in named
 * parts that add up to it, each times its weight. Training, validation and test have the same.
 */
import { z } from 'zod';
import { add, mul, reduceSum, type Sym } from '../graph/index.ts';
import { gaussianKl, lossDefinition, lossUnit, type Network, reconstructionLoss } from '../nn/index.ts';
import type { AutoencoderConfig, Definition } from './autoencoder.ts';
import type { Code, CodeConfig } from './code.ts';
import { corrupt, corruptionSchema } from './corruption.ts';
import { checkLoss, lossSchema } from './loss.ts';
import { checkPenalties, penaltiesSchema, penaltyParts } from './penalties.ts';
import { mirroredPaths } from './tied.ts';

/** All that a loss is made of, but for the model. */
export const objectiveSchema = z.strictObject({
  corruption: corruptionSchema.prefault({ type: 'none' }),
  loss: lossSchema,
  penalties: penaltiesSchema.prefault({}),
});

export type ObjectiveConfig = z.infer<typeof objectiveSchema>;

export interface LossPart {
  /** As `reconstruction`; the total is always called `loss`. */
  name: string;
  /** The number's definition: what it measures, summed or averaged, in which unit. */
  definition: string;
  /** The same in a few letters, as an axis needs it: "MAE per pixel". */
  unit: string;
  /** What it is multiplied by in the total. */
  weight: number;
}

export interface PartSymbol extends LossPart {
  symbol: Sym;
  /** The weight in training, where it changes in its course. */
  scheduled?: Sym;
}

export interface Objective {
  /** What the encoder was given, [N, pixels]: the image, or a corrupted one. */
  seen: Sym;
  reconstruction: Sym;
  /** The scalar that is minimised. */
  loss: Sym;
  parts: PartSymbol[];
}

/** @throws HourglassError if an objective does not fit the model. */
export function checkObjective(model: AutoencoderConfig, { loss, penalties }: ObjectiveConfig): void {
  if (model.tied) mirroredPaths(model);
  checkLoss(model, loss);
  checkPenalties(model, penalties);
}

/** Builds the whole model on `image`, [N, pixels], and its loss. */
export function buildObjective(
  net: Network,
  definition: Definition,
  { corruption, loss, penalties }: ObjectiveConfig,
  image: Sym,
): Objective {
  const seen = corrupt(net, corruption, image);
  const code = definition.encode(net, seen);
  const output = definition.decode(net, code.value);
  const parts: PartSymbol[] = [
    {
      name: 'reconstruction',
      definition: lossDefinition(loss),
      unit: lossUnit(loss),
      weight: loss.weight,
      symbol: net.within('loss', () => reconstructionLoss(net, loss, output, image)),
    },
    ...klPart(net, code, definition.code),
    ...penaltyParts(net, penalties, { image: code.input, code: code.plain }),
  ];
  const total = parts.map(({ symbol, weight, scheduled }) => mul(symbol, scheduled ?? weight)).reduce(add);
  return { seen, reconstruction: output.image, loss: total, parts };
}

function klPart(net: Network, { gaussian }: Code, config: CodeConfig): PartSymbol[] {
  if (gaussian === undefined || config.type !== 'gaussian') return [];
  const { weight, warmup, freeBits } = config.kl;
  const rising = warmup === 0 ? '' : `; in training its weight rises over the first ${warmup} epochs`;
  const free = freeBits === 0 ? '' : `, at least ${freeBits} for each unit`;
  return net.within('klDivergence', () => {
    const symbol = net.mean(reduceSum(gaussianKl(gaussian, freeBits), [1]));
    return [
      {
        name: 'klDivergence',
        definition: `KL divergence from the standard normal (nats)${free}, summed over units, mean over images${rising}`,
        unit: 'KL per image (nats)',
        weight,
        symbol,
        scheduled: net.schedule('weight', weight, (epochs) =>
          warmup === 0 ? weight : weight * Math.min(1, epochs / warmup),
        ),
      },
    ];
  });
}

/** What each part is, one after the other, with weights other than 1: "0.95 · squared error, … + 0.05 · …". */
export function describeParts(parts: readonly LossPart[]): string {
  return parts
    .map(({ definition, weight }) => (weight === 1 ? definition : `${weight} · ${definition}`))
    .join(' + ');
}
