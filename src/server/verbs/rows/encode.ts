import { z } from '@hono/zod-openapi';
import { arraySchema } from '../../answers/array.ts';
import { ArrayAnswer } from '../../answers/text.ts';
import { verb } from '../verb.ts';

export const encode = verb({
  name: 'encode',
  summary: 'Rows to their codes; for a Gaussian code, its mean.',
  takes: ['rows'],
  options: z.strictObject({}),
  answers: z.object({ codes: arraySchema }),
  pictures: false,
  makes: ({ count, units }) => ({ values: count * units, cells: 0 }),
  async run(model, { rows }) {
    const codes = await model.encode(rows);
    return { json: () => ({ codes: new ArrayAnswer(codes) }) };
  },
});
