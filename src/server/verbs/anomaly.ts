import { z } from '@hono/zod-openapi';
import {
  DEFAULT_QUANTILE,
  defaultScoreOf,
  falseAlarmsAbove,
  heldOutScores,
  SCORE_KIND_DEFINITIONS,
  type ScoreKind,
  scoreKindsFor,
  thresholdNote,
} from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { type ServedFacts, verb } from './verb.ts';

const KINDS = scoreKindsFor('image') as [ScoreKind, ...ScoreKind[]];

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

/** How often it flags samples that are like the held-out ones. */
export const FALSE_ALARMS = z
  .object({ rate: z.number(), low: z.number(), high: z.number(), samples: z.number() })
  .nullable()
  .openapi({
    description:
      'the share of the held-out samples that the threshold flags, the interval that holds the true share with 95 % confidence, and how many samples were held out',
  });

/** What a threshold comes from. */
export const HAS_SCORES = {
  fits: ({ statistics }: ServedFacts) => statistics !== null,
  what: 'has no statistics of its training, because an older hourglass made it',
};

export const anomaly = verb({
  name: 'anomaly',
  summary:
    'How anomalous images are: scores, a threshold from held-out images, and where images differ from their reconstructions. As PNG: each image, its reconstruction, and their difference.',
  takes: ['images'],
  options: z.strictObject({
    score: z.enum(KINDS).optional().openapi({
      description:
        'how an image becomes one number: the mean of its squared errors finds images that are anomalous as a whole, the others find small defects; default: the score of the model, mean or ssim-max',
    }),
    ...THRESHOLD,
    masks: z
      .enum(['yes', 'no'])
      .default('no')
      .openapi({ description: 'whether the JSON also holds |x − x̂| and x̂' }),
  }),
  answers: z.object({
    score: z.enum(KINDS),
    definition: z.string().openapi({ description: 'the definition of a score' }),
    note: z
      .string()
      .nullable()
      .openapi({ description: 'how unreliable the threshold is, if few images were held out' }),
    threshold: z.number(),
    falseAlarms: FALSE_ALARMS,
    scores: z.array(z.number()),
    flagged: z.array(z.boolean()).openapi({ description: 'whether each score is above the threshold' }),
    masks: arraySchema.optional(),
    reconstructions: arraySchema.optional(),
  }),
  pictures: true,
  needs: HAS_SCORES,
  makes: ({ count, pixels }, { masks }) => ({
    values: count + (masks === 'yes' ? 2 * count * pixels : 0),
    cells: 3 * count,
    columns: 3,
  }),
  async run(model, { rows }, { score: asked, quantile, falseAlarms, threshold, masks }) {
    const score = asked ?? defaultScoreOf(model.statistics);
    const held = heldOutScores(model.statistics, score);
    const byQuantile = threshold === undefined && falseAlarms === undefined && held !== null;
    const result = await model.anomaly(rows, {
      score,
      ...(quantile === undefined ? {} : { quantile }),
      ...(falseAlarms === undefined ? {} : { falseAlarms }),
      ...(threshold === undefined ? {} : { threshold }),
    });
    return {
      json: () => ({
        score,
        definition: SCORE_KIND_DEFINITIONS[score],
        threshold: result.threshold,
        falseAlarms: falseAlarmsAbove(model, result.threshold, score),
        note: byQuantile ? thresholdNote(held, quantile ?? DEFAULT_QUANTILE) : null,
        scores: [...result.scores],
        flagged: result.flagged,
        ...(masks === 'yes'
          ? {
              masks: new ArrayAnswer(result.masks),
              reconstructions: new ArrayAnswer(result.reconstructions),
            }
          : {}),
      }),
      picture: () =>
        [rows, result.reconstructions.data, result.masks.data].map((data) => ({ data, each: 1 })),
    };
  },
});
