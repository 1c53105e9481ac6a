import { z } from '@hono/zod-openapi';
import { verb } from '../verb.ts';
import { answeredRows, FORM, madeRows, rowsAnswer } from './answer.ts';

export const reconstruct = verb({
  name: 'reconstruct',
  summary: 'Rows to codes and back: what the model expects of each row.',
  takes: ['rows'],
  options: z.strictObject(FORM),
  answers: z.object({ rows: answeredRows }),
  pictures: false,
  makes: (given, { form }) => madeRows(given.count, given, form),
  async run(model, input, { form = input.form }) {
    const values = await model.reconstruct(input.rows);
    return { json: () => ({ rows: rowsAnswer(model.encoding!, values, form) }) };
  },
});
