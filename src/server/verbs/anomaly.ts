import { z } from '@hono/zod-openapi';
import { type ScoreKind, scoreKindsFor } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { HAS_SCORES, judged, judgedSchema, THRESHOLD } from './judged.ts';
import { verb } from './verb.ts';

const KINDS = scoreKindsFor('image') as [ScoreKind, ...ScoreKind[]];

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
    ...judgedSchema(KINDS, 'image'),
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
  async run(model, { rows }, { masks: wanted, ...asked }, told) {
    const { found, answer } = await judged(model, rows, { ...asked, ...told }, 'image');
    const { masks, reconstructions } = found;
    return {
      json: () => ({
        ...answer(),
        ...(wanted === 'yes'
          ? { masks: new ArrayAnswer(masks), reconstructions: new ArrayAnswer(reconstructions) }
          : {}),
      }),
      picture: () => [rows, reconstructions.data, masks.data].map((data) => ({ data, each: 1 })),
    };
  },
});
