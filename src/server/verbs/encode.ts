import { z } from '@hono/zod-openapi';
import { arrayOf, arraySchema } from '../answers/array.ts';
import { verb } from './verb.ts';

export const encode = verb({
  name: 'encode',
  summary: 'Images to their codes; of a Gaussian code its mean.',
  takes: ['images'],
  options: z.strictObject({}),
  answers: z.object({ codes: arraySchema }),
  pictures: false,
  async run(model, { rows }) {
    const codes = await model.encode(rows);
    return { json: (encoding) => ({ codes: arrayOf(codes, encoding) }) };
  },
});
