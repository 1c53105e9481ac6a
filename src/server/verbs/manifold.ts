import { z } from '@hono/zod-openapi';
import { manifold as plane } from '../../runs/index.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { LARGEST_CODE } from '../requests/tensor.ts';
import { verb } from './verb.ts';

/** Two of a kind; in a query as `a,b`. */
const pair = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .length(2)
    .openapi({ param: { explode: false, style: 'form' } });

export const manifold = verb({
  name: 'manifold',
  summary: 'A plane of the code, decoded point by point.',
  takes: [],
  options: z.strictObject({
    size: z.int().min(2).max(32).default(10).openapi({ description: 'points each way' }),
    units: pair(z.int().min(0))
      .optional()
      .openapi({ description: 'the two that vary, from 0; default: the first two' }),
    steps: z
      .enum(['quantiles', 'linear'])
      .optional()
      .openapi({ description: 'default: quantiles of a variational model, else linear' }),
    range: pair(z.number().min(-LARGEST_CODE).max(LARGEST_CODE))
      .optional()
      .openapi({ description: 'of linear steps: from and to' }),
  }),
  answers: z.object({
    note: z.string().openapi({ description: 'what the steps are' }),
    units: z.array(z.int()),
    x: z.array(z.number()).openapi({ description: 'the first unit, by columns' }),
    y: z.array(z.number()).openapi({ description: 'the second, by rows from the top' }),
    images: arraySchema.openapi({ description: '[rows, columns, channels, height, width]' }),
    codes: arraySchema.openapi({ description: '[rows, columns, units]' }),
  }),
  pictures: true,
  needs: {
    fits: ({ info, statistics }) => (info.gaussianCode && info.codeUnits <= 2) || statistics !== null,
    what: 'has no statistics of its training; an older hourglass made it',
  },
  makes: ({ pixels, units }, { size }) => {
    const cells = size * size;
    return { values: cells * (pixels + units), cells, images: cells, columns: size };
  },
  async run(model, _, { size, units, steps, range }) {
    const { images, codes, ...rest } = await plane(model, size, {
      ...(units === undefined ? {} : { units: units as [number, number] }),
      ...(steps === undefined ? {} : { steps }),
      ...(range === undefined ? {} : { range: range as [number, number] }),
    });
    return {
      json: () => ({
        note: rest.note,
        units: [...rest.units],
        x: [...rest.x],
        y: [...rest.y],
        images: new ArrayAnswer(images),
        codes: new ArrayAnswer(codes),
      }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
