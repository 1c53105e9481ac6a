/** Scores of samples and a threshold from those held out of training: what `anomaly` of images and of rows share. */
import { z } from '@hono/zod-openapi';
import {
  type Anomalies,
  DEFAULT_QUANTILE,
  defaultScoreOf,
  falseAlarmsAbove,
  heldOutScores,
  type ScoreKind,
  scoreDefinition,
  type Told,
  thresholdNote,
} from '../../api.ts';
import type { ServedModel } from '../engine/host.ts';
import type { ServedFacts } from './verb.ts';

/** Where the threshold is. */
export const THRESHOLD = {
  quantile: z.number().min(0).max(1).optional().openapi({
    description: 'the quantile of the scores of held-out samples that is the threshold; default 0.99',
  }),
  falseAlarms: z.number().gt(0).lt(1).optional().openapi({
    description: 'the share of samples like the held-out ones that is to be flagged, instead of a quantile',
  }),
  threshold: z
    .number()
    .min(0)
    .optional()
    .openapi({ description: 'the threshold itself, instead of a quantile' }),
};

/** What a threshold comes from. */
export const HAS_SCORES = {
  fits: ({ statistics }: ServedFacts) => statistics !== null,
  what: 'has no statistics of its training, because an older hourglass made it',
};

/** The part of an answer that both have. */
export const judgedSchema = <K extends ScoreKind>(kinds: readonly [K, ...K[]], sample: 'image' | 'row') => ({
  score: z.enum(kinds),
  definition: z.string().openapi({ description: 'the definition of a score' }),
  note: z
    .string()
    .nullable()
    .openapi({ description: `how unreliable the threshold is, if few ${sample}s were held out` }),
  threshold: z.number(),
  falseAlarms: z
    .object({ rate: z.number(), low: z.number(), high: z.number(), samples: z.number() })
    .nullable()
    .openapi({
      description:
        'the share of the held-out samples that the threshold flags, the interval that holds the true share with 95 % confidence, and how many samples were held out',
    }),
  scores: z.array(z.number()),
  flagged: z.array(z.boolean()).openapi({ description: 'whether each score is above the threshold' }),
});

interface Asked extends Told {
  score?: ScoreKind | undefined;
  quantile?: number | undefined;
  falseAlarms?: number | undefined;
  threshold?: number | undefined;
}

/** Scores samples; `answer` gives what {@link judgedSchema} describes. */
export async function judged(
  model: ServedModel,
  samples: Float32Array,
  { score = defaultScoreOf(model.statistics), quantile, falseAlarms, threshold, ...told }: Asked,
  sample: 'image' | 'row',
): Promise<{ found: Anomalies; answer: () => Record<string, unknown> }> {
  const found = await model.anomaly(samples, {
    ...told,
    score,
    ...(quantile === undefined ? {} : { quantile }),
    ...(falseAlarms === undefined ? {} : { falseAlarms }),
    ...(threshold === undefined ? {} : { threshold }),
  });
  const held = heldOutScores(model.statistics, score);
  const isByQuantile = threshold === undefined && falseAlarms === undefined && held !== null;
  return {
    found,
    answer: () => ({
      score,
      definition: scoreDefinition(score, sample),
      threshold: found.threshold,
      falseAlarms: falseAlarmsAbove(model, found.threshold, score),
      note: isByQuantile ? thresholdNote(held, quantile ?? DEFAULT_QUANTILE, sample) : null,
      scores: [...found.scores],
      flagged: found.flagged,
    }),
  };
}
