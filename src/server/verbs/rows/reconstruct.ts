import { z } from '@hono/zod-openapi';
import { RECONSTRUCTED, reconstructed } from '../reconstruct.ts';
import { verb } from '../verb.ts';
import { answeredRows, FORM, madeRows, rowsAnswer } from './answer.ts';

export const reconstruct = verb({
  name: 'reconstruct',
  summary:
    'Rows to codes and back: what the model expects of each row; with samples, decoded samples of each, one after the other.',
  takes: ['rows'],
  options: z.strictObject({ ...FORM, ...RECONSTRUCTED }),
  answers: z.object({ rows: answeredRows }),
  pictures: false,
  makes: (given, { form, samples = 1 }) => madeRows(given.count * samples, given, form),
  async run(model, input, { form = input.form, ...options }, told) {
    const values = await reconstructed(model, input, options, told);
    return { json: () => ({ rows: rowsAnswer(model.encoding!, values, form) }) };
  },
});
