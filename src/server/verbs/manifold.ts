import { z } from '@hono/zod-openapi';
import { manifold as plane } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { LARGEST_CODE } from '../requests/tensor.ts';
import { verb } from './verb.ts';

/** Two values of one type; in a query `a,b`. */
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
    size: z.int().min(2).max(32).default(10).openapi({ description: 'the number of points along each axis' }),
    units: pair(z.int().min(0))
      .optional()
      .openapi({ description: 'the two units that vary, counted from 0; default: the first two' }),
    steps: z
      .enum(['quantiles', 'linear'])
      .optional()
      .openapi({ description: 'default: quantiles for a variational model, otherwise linear' }),
    range: pair(z.number().min(-LARGEST_CODE).max(LARGEST_CODE))
      .optional()
      .openapi({ description: 'the range of linear steps: from and to' }),
  }),
  answers: z.object({
    note: z.string().openapi({ description: 'a description of the steps' }),
    units: z.array(z.int()),
    x: z.array(z.number()).openapi({ description: "the first unit's values, by columns" }),
    y: z.array(z.number()).openapi({ description: "the second unit's values, by rows from the top" }),
    images: arraySchema.openapi({ description: '[rows, columns, channels, height, width]' }),
    codes: arraySchema.openapi({ description: '[rows, columns, units]' }),
  }),
  pictures: true,
  needs: {
    fits: ({ info, statistics }) =>
      (info.prior?.isStandardNormal === true && info.codeUnits <= 2) || statistics !== null,
    what: 'has no statistics of its training, because an older hourglass made it',
  },
  makes: ({ pixels, units }, { size }) => {
    const cells = size * size;
    return { values: cells * (pixels + units), cells, images: cells, columns: size };
  },
  async run(model, _, { size, units, steps, range }, told) {
    const { images, codes, ...rest } = await plane(model, size, {
      ...told,
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
