import { z } from '@hono/zod-openapi';
import { classesInTurn, labelsFor, SAMPLE_SOURCES, type Told } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import type { ServedModel } from '../engine/host.ts';
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

/** The class of each sample, in the answers of conditional models. */
export const DRAWN_CLASSES = z
  .array(z.string())
  .optional()
  .openapi({ description: 'of conditional models: the class of each' });

/** Samples, of a conditional model as it is told; without a class as all of them, one after the other, equally often. */
export async function drawn(
  model: ServedModel,
  { count, seed, from }: z.output<z.ZodObject<typeof DRAWN>>,
  told: Told,
) {
  const { info } = model;
  if (info.condition === null && told.classes === undefined)
    return { ...(await model.sample(count, seed, from)), named: {} };
  const asked = told.classes === undefined ? { classes: classesInTurn(info, count) } : told;
  const labels = labelsFor(info, asked, count)!;
  const names = Array.from(labels, (label) => info.condition!.classes[label]!);
  return { ...(await model.sample(count, seed, from, { classes: labels })), named: { classes: names } };
}

export const sample = verb({
  name: 'sample',
  summary:
    'New images, decoded from random codes; the same seed and count give the same images. A conditional model draws a class, or as many of each.',
  takes: [],
  options: z.strictObject(DRAWN),
  answers: z.object({
    from: z.enum(SAMPLE_SOURCES),
    note: z.string(),
    classes: DRAWN_CLASSES,
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
  async run(model, _, options, told) {
    const { images, codes, note, from: source, named } = await drawn(model, options, told);
    return {
      json: () => ({
        from: source,
        note,
        ...named,
        images: new ArrayAnswer(images),
        codes: new ArrayAnswer(codes),
      }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
