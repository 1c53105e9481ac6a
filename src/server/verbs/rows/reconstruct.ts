import { z } from '@hono/zod-openapi';
import { checkDraws, DRAWN_FROM_POSTERIOR } from '../draws.ts';
import { verb } from '../verb.ts';
import { answeredRows, FORM, madeRows, rowsAnswer } from './answer.ts';

export const reconstruct = verb({
  name: 'reconstruct',
  summary:
    'Rows to codes and back: what the model expects of each row; with samples, decoded samples of each, one after the other.',
  takes: ['rows'],
  options: z.strictObject({ ...FORM, ...DRAWN_FROM_POSTERIOR }),
  answers: z.object({ rows: answeredRows }),
  pictures: false,
  makes: (given, { form, samples = 1 }) => madeRows(given.count * samples, given, form),
  async run(model, input, { form = input.form, ...options }) {
    checkDraws(model, options);
    const { samples, seed = 1 } = options;
    const values =
      samples === undefined
        ? await model.reconstruct(input.rows)
        : await model.decode((await model.drawPosterior(input.rows, { count: samples, seed })).data);
    return { json: () => ({ rows: rowsAnswer(model.encoding!, values, form) }) };
  },
});
