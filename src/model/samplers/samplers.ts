/**
 * `model/samplers.json`: distributions that were fitted to the codes of a trained model, so that new codes can be drawn from
 * them. It lies next to the ONNX files and holds for these weights alone.
 */
import * as z from 'zod/mini';
import { HourglassError } from '../../errors.ts';
import { ruleOf } from '../../recipe/rule-of.ts';
import { flowSchema, isFlow, type StoredFlow } from './flow-file.ts';
import { isMixture, mixtureSchema, type StoredMixture } from './mixture-file.ts';
import { isSecondStage, type StoredSecondStage, secondStageSchema } from './second-stage-file.ts';

const FORMAT_VERSION = 1;

const samplersSchema = z.object({
  format: z.literal('hourglass-samplers'),
  version: z.literal(FORMAT_VERSION),
  /** The digest of the weights in the model's metadata. */
  weights: z.string(),
  codeUnits: z.int().check(z.minimum(1)),
  mixture: z.nullable(mixtureSchema),
  // Files of before have none.
  flow: z.optional(z.nullable(flowSchema)),
  'second-stage': z.optional(z.nullable(secondStageSchema)),
});

/** What was fitted to the codes of a model, as stored in `model/samplers.json`. */
export interface Samplers {
  /** Identifies the file. */
  format: 'hourglass-samplers';
  /** The version of the file's format. */
  version: typeof FORMAT_VERSION;
  /** The digest of the model's weights, as in its metadata. */
  weights: string;
  /** Numbers in a code. */
  codeUnits: number;
  /** A mixture of Gaussians; null if none was fitted. */
  mixture: StoredMixture | null;
  /** A flow; null if none was fitted. */
  flow: StoredFlow | null;
  /** A second variational autoencoder, over the codes; null if none was fitted. */
  'second-stage': StoredSecondStage | null;
}

export const encodeSamplers = (samplers: Samplers): string => `${JSON.stringify(samplers)}\n`;

/** What a model's samplers must be of. */
interface Owner {
  codeUnits: number;
  weights: string | undefined;
}

/** Without a sampler. */
export const noSamplers = ({ codeUnits, weights = '' }: Owner): Samplers => ({
  ...{ format: 'hourglass-samplers', version: FORMAT_VERSION, weights, codeUnits },
  ...{ mixture: null, flow: null, 'second-stage': null },
});

/** @throws HourglassError, naming `file`, if they are damaged or of another model. */
export function parseSamplers(text: string, { codeUnits, weights }: Owner, file: string): Samplers {
  const refused = (rule: string, cause?: unknown) =>
    new HourglassError(
      'run',
      { subject: file, rule, hint: 'delete it: sample --prior on the run fits it again' },
      { cause },
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused('is damaged: not valid JSON', cause);
  }
  const parsed = samplersSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw refused(`is damaged: ${issue.path.join('.') || 'it'} ${ruleOf(issue)}`, parsed.error);
  }
  const { data } = parsed;
  const found: Samplers = { ...data, flow: data.flow ?? null, 'second-stage': data['second-stage'] ?? null };
  if (found.codeUnits !== codeUnits || (weights !== undefined && found.weights !== weights)) {
    throw refused('was fitted to the codes of another model');
  }
  const { mixture, flow, 'second-stage': second } = found;
  const isWhole = {
    mixture: mixture === null || isMixture(mixture, codeUnits),
    flow: flow === null || isFlow(flow, codeUnits),
    'second stage': second === null || isSecondStage(second, codeUnits),
  };
  const damaged = Object.entries(isWhole).find(([, whole]) => !whole);
  if (damaged !== undefined)
    throw refused(`is damaged: its ${damaged[0]} is not one of codes of ${codeUnits} units`);
  return found;
}
