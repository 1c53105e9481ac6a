import { z } from '@hono/zod-openapi';
import { verb } from '../verb.ts';
import { answeredRows, FORM, madeRows, rowsAnswer } from './answer.ts';

export const decode = verb({
  name: 'decode',
  summary: 'Codes to rows.',
  takes: ['codes'],
  options: z.strictObject(FORM),
  answers: z.object({ rows: answeredRows }),
  pictures: false,
  makes: (given, { form }) => madeRows(given.count, given, form),
  async run(model, { rows }, { form }) {
    const values = await model.decode(rows);
    return { json: () => ({ rows: rowsAnswer(model.encoding!, values, form) }) };
  },
});
