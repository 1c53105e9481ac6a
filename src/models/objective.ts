/**
 * What is minimised: corruption, network, code, penalties and likelihood composed into one number, in named
 * parts that add up to it, each times its weight. Training, validation and test have the same.
 */
import * as z from 'zod';
import { HourglassError } from '../errors.ts';
import { add, mul, type Sym } from '../graph/index.ts';
import { type Network, repeatRows } from '../nn/index.ts';
import { CODES, codeTraits, type PriorModel } from './codes/index.ts';
import { checkCondition } from './condition.ts';
import { corrupt } from './corruptions/build.ts';
import { CORRUPTIONS, corruptionSchema } from './corruptions/index.ts';
import type { AutoencoderConfig, Definition } from './definition.ts';
import { couplingLayer } from './layers/index.ts';
import {
  checkLoss,
  LOSSES,
  likelihoodLosses,
  lossDefinition,
  lossSchema,
  lossTerms,
  lossUnit,
  meanLoss,
  summedLikelihood,
  targetOf,
} from './losses/index.ts';
import type { PartSymbol } from './part.ts';
import { checkPenalties, PENALTIES, penaltiesSchema, penaltyParts, setPenalties } from './penalties/index.ts';
import { derived } from './tables.ts';
import { mirroredPaths } from './tied.ts';

/** All that a loss is made of, but for the model. */
export const objectiveSchema = derived(() =>
  z.strictObject({
    corruption: z.prefault(corruptionSchema(), { type: 'none' }),
    loss: lossSchema(),
    penalties: penaltiesSchema().prefault({}),
  }),
);

export type ObjectiveConfig = z.infer<ReturnType<typeof objectiveSchema>>;

export interface Objective {
  /** What the encoder was given, [N, values]: the image, or a corrupted one. */
  seen: Sym;
  reconstruction: Sym;
  /** The scalar that is minimised. */
  loss: Sym;
  parts: PartSymbol[];
}

/** @throws HourglassError if an objective does not fit the model. */
export function checkObjective(model: AutoencoderConfig, { loss, penalties }: ObjectiveConfig): void {
  checkCondition(model);
  if (model.tied) mirroredPaths(model);
  if (model.tied && model.spectral) throw tiedAndSpectral();
  checkLoss(model, loss);
  CODES.of(model.code.type).check?.(model.code, {
    loss,
    likelihoods: likelihoodLosses(),
    coupling: { encoder: couplingLayer(model.encoder), decoder: couplingLayer(model.decoder) },
    model: { ...model, penalties: setPenalties(penalties).map(({ kind }) => kind.type) },
  });
  const code = { ...codeTraits(model.code), type: model.code.type };
  checkPenalties(penalties, {
    code,
    coupling: couplingLayer(model.encoder),
    decoderCoupling: couplingLayer(model.decoder),
  });
}

function tiedAndSpectral(): HourglassError {
  return new HourglassError('usage', {
    subject: 'model.spectral',
    rule: "needs a decoder with weights of its own: a tied one has the encoder's, which are not normalised",
    hint: 'set model.tied=false or model.spectral=false',
  });
}

/** What a corruption or a loss may be limited to: values from 0 to 1, or images. */
export type Limit = 'unitRange' | 'imagesOnly';

/** The setting of an objective that has a limit, and the types that do not have it; null without one. */
export function limitedBy(
  limit: Limit,
  { corruption, loss }: ObjectiveConfig,
): { name: 'corruption' | 'loss'; type: string; others: string[] } | null {
  const settings = [
    { name: 'corruption', type: corruption.type, table: CORRUPTIONS.all },
    { name: 'loss', type: loss.type, table: LOSSES.all },
  ] as const;
  for (const { name, type, table } of settings) {
    const others = table.filter((kind) => !kind[limit]).map((kind) => kind.type);
    if (!others.includes(type)) return { name, type, others };
  }
  return null;
}

/** Builds the whole model on `image`, [N, values], and its loss; a conditional model is given the images' classes. */
export function buildObjective(
  net: Network,
  definition: Definition,
  { corruption, loss, penalties }: ObjectiveConfig,
  image: Sym,
  condition?: Sym,
): Objective {
  const clean = net.within('loss', () => targetOf(net, loss, image));
  const seen = corrupt(net, corruption, clean, definition.shape);
  const code = definition.encode(net, seen, condition);
  const { rows = 1 } = code;
  const output = definition.decode(net, code.value, condition && repeatRows(condition, rows));
  const terms = net.within('loss', () =>
    lossTerms(net, loss, output, repeatRows(clean, rows), definition.shape),
  );
  const built = {
    image: clean,
    output,
    condition,
    encode: (other: Sym, given = condition) => definition.encode(net, other, given),
    decode: (other: Sym, given = condition) => definition.decode(net, other, given),
    logLikelihood: () => summedLikelihood(loss, terms),
    prior: priorModel(definition),
  };
  const parts: PartSymbol[] = [
    {
      name: 'reconstruction',
      definition: lossDefinition(loss),
      unit: lossUnit(loss),
      weight: loss.weight,
      couplesImages: LOSSES.of(loss.type).couplesImages,
      symbol: net.within('loss', () => mul(meanLoss(net, loss, terms, definition.values), 1 / rows)),
    },
    ...(code.parts?.(net, built) ?? []),
    ...penaltyParts(net, penalties, {
      image: code.input,
      code: code.plain,
      decoded: code.value,
      output: output.image,
    }),
  ];
  const total = parts.map(({ symbol, weight, scheduled }) => mul(symbol, scheduled ?? weight)).reduce(add);
  return { seen, reconstruction: output.image, loss: total, parts };
}

/** What a prior asks of its model. An image of its own has no class: a conditional model does not encode it. */
export const priorModel = ({ values, codeUnits, conditionUnits, encode }: Definition): PriorModel => ({
  values,
  units: codeUnits,
  encode(net, image) {
    if (conditionUnits === 0) return encode(net, image);
    throw new HourglassError('usage', {
      subject: 'model.code.prior',
      rule: 'does not fit model.condition: it is made of images of its own, which have no class',
      hint: 'use another prior, or leave model.condition out',
    });
  },
});

/** Whether images of a batch see each other anywhere in the model or its loss. */
export function couplesImages(
  { encoder, code, decoder }: AutoencoderConfig,
  { corruption }: ObjectiveConfig,
  { parts }: Objective,
): boolean {
  return (
    CORRUPTIONS.of(corruption.type).couplesImages ||
    CODES.of(code.type).couplesImages ||
    couplingLayer([...encoder, ...decoder]) !== undefined ||
    parts.some((part) => part.couplesImages)
  );
}

/** A part of the loss as a reader sees it: "KL divergence". */
export const partName = (name: string): string => partNames()[name] ?? name;

const partNames = derived(
  (): Readonly<Record<string, string>> =>
    Object.assign(
      {},
      ...CODES.all.map((kind) => kind.partNames),
      Object.fromEntries(PENALTIES.all.map((kind) => [kind.type, kind.partName])),
    ),
);
