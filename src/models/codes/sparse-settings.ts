/** What the kinds of sparse code share: settings, facts, and the models that they fit. */
import * as z from 'zod/mini';
import { HourglassError } from '../../errors.ts';
import type { CodedModel, OwnTraits } from './kind.ts';

export const activeSchema = (words: string) =>
  z.int().check(z.minimum(1), z.maximum(4096), z.describe(words));

/** How much of the threshold a step keeps. */
export const momentumSchema = z
  ._default(z.number().check(z.minimum(0), z.lt(1)), 0.99)
  .check(
    z.describe(
      'how much of the threshold a step keeps; the rest is the least value that the batch kept. Outside of training the threshold decides, so that no row depends on others',
    ),
  );

export const revivalSchema = z
  .prefault(
    z.strictObject({
      weight: z
        ._default(z.number().check(z.minimum(0)), 1 / 32)
        .check(z.describe('what it is multiplied by in the loss; 0 leaves dead units dead')),
      after: z
        ._default(z.int().check(z.minimum(1)), 100)
        .check(z.describe('steps in which a unit is 0 for all images, after which it counts as dead')),
    }),
    {},
  )
  .check(z.describe('dead units are given the error of the reconstruction to explain (Gao et al., 2024)'));

/** Its part of the loss. */
export const REVIVAL = 'revival';
export const partNames = { [REVIVAL]: 'error left to dead units' } as const;

export const sparseTraits: OwnTraits = {
  hasVariance: false,
  rate: null,
  activation: null,
  range: null,
  isDense: false,
  inEpochs: [],
  isSparse: true,
  beginsAtMean: true,
};

/** What the records of all of them say. */
export const sparseFacts = {
  couplesImages: true,
  traits: () => sparseTraits,
  prior: null,
  outputs: {},
  isSampled: false,
  partNames,
} as const;

/** One layer to the code and one back, with a bias that both share. @throws HourglassError for any other model. */
export function requireDictionary(type: string, model: CodedModel): void {
  const { encoder, decoder, output, tied, centre, penalties } = model;
  const refuse = (setting: string, rule: string, got: unknown, hint: string) =>
    new HourglassError('usage', { subject: setting, rule: `${rule} (code of type ${type})`, got, hint });
  for (const [side, layers] of Object.entries({ encoder, decoder })) {
    if (layers.length === 0) continue;
    throw refuse(
      `model.${side}`,
      'must be empty: a sparse code is one layer from the samples, and a dictionary back to them',
      `${layers.length} layers`,
      `set model.${side}=[]`,
    );
  }
  if (output.type !== 'dense' || output.activation !== 'identity' || !output.bias) {
    throw refuse(
      'model.output',
      'must be dense, with activation identity and a bias: it adds up directions',
      `${output.type}, ${output.activation}${output.bias ? '' : ', without bias'}`,
      'set model.output.activation=identity and loss.type=mse',
    );
  }
  if (tied) {
    throw refuse(
      'model.tied',
      'must be off: the dictionary has directions of length 1, and weights of its own that begin as those of the encoder',
      true,
      'set model.tied=false',
    );
  }
  if (centre) {
    throw refuse(
      'model.centre',
      'must be off: encoder and dictionary share a bias, which begins at the mean',
      true,
      'set model.centre=false',
    );
  }
  const [penalty] = penalties;
  if (penalty === undefined) return;
  throw refuse(
    `penalties.${penalty}`,
    penalty === 'l2'
      ? 'does nothing to directions of length 1'
      : 'is for codes that are not sparse: this one is by what it keeps',
    'set',
    `set penalties.${penalty}=null${type === 'jumprelu' ? ', and model.code.l0.weight' : ', and model.code.k'}`,
  );
}

/** @throws HourglassError where more units are to be kept than there are. */
export function requireFewer(units: number, k: number): void {
  if (k <= units) return;
  throw new HourglassError('usage', {
    subject: 'model.code.k',
    rule: `must be at most the number of units, ${units}`,
    got: k,
    hint: `set model.code.k=${Math.max(1, Math.round(units / 32))}`,
  });
}
