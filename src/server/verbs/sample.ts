import { z } from '@hono/zod-openapi';
import { SAMPLE_SOURCES } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { type ServedFacts, verb } from './verb.ts';

/** What is drawn, and from what. */
export const DRAWN = {
  count: z.int().min(1).default(16),
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  from: z.enum(SAMPLE_SOURCES).optional().openapi({
    description:
      'the prior of the code, as N(0, I) of a variational model (default where there is one), or a Gaussian fitted to training codes; a mixture, if one was fitted; or N(0, I) whatever the codes are',
  }),
};

/** What a model must have to draw from. */
export const DRAWS = {
  fits: ({ info, statistics }: ServedFacts) => info.prior !== null || statistics !== null,
  what: 'has no statistics of its training, because an older hourglass made it',
};

export const sample = verb({
  name: 'sample',
  summary: 'New images, decoded from random codes; the same seed and count give the same images.',
  takes: [],
  options: z.strictObject(DRAWN),
  answers: z.object({
    from: z.enum(SAMPLE_SOURCES),
    note: z.string(),
    images: arraySchema,
    codes: arraySchema,
  }),
  pictures: true,
  needs: DRAWS,
  makes: ({ pixels, units }, { count }) => ({
    values: count * (pixels + units),
    cells: count,
    images: count,
  }),
  async run(model, _, { count, seed, from }) {
    const { images, codes, note, from: source } = await model.sample(count, seed, from);
    return {
      json: () => ({
        from: source,
        note,
        images: new ArrayAnswer(images),
        codes: new ArrayAnswer(codes),
      }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
