import { z } from '@hono/zod-openapi';
import { vectorsOf } from '../decode.ts';
import { verb } from '../verb.ts';
import { answeredRows, FORM, madeRows, rowsAnswer } from './answer.ts';

export const decode = verb({
  name: 'decode',
  summary: 'Codes to rows.',
  takes: ['codes', 'integers'],
  options: z.strictObject(FORM),
  answers: z.object({ rows: answeredRows }),
  pictures: false,
  makes: (given, { form }) => madeRows(given.count, given, form),
  async run(model, input, { form }, told) {
    const values = await model.decode(vectorsOf(model, input), told);
    return { json: () => ({ rows: rowsAnswer(model.encoding!, values, form) }) };
  },
});
