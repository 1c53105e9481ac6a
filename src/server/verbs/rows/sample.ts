import { z } from '@hono/zod-openapi';
import { arraySchema } from '../../answers/array.ts';
import { ArrayAnswer } from '../../answers/text.ts';
import { DRAWN, DRAWN_CLASSES, DRAWS, drawn } from '../sample.ts';
import { verb } from '../verb.ts';
import { answeredRows, FORM, madeRows, rowsAnswer } from './answer.ts';

export const sample = verb({
  name: 'sample',
  summary: 'New rows, decoded from random codes; the same seed and count give the same rows.',
  takes: [],
  options: z.strictObject({ ...DRAWN, ...FORM }),
  answers: z.object({
    from: DRAWN.from.unwrap(),
    note: z.string(),
    classes: DRAWN_CLASSES,
    rows: answeredRows,
    codes: arraySchema,
  }),
  pictures: false,
  needs: DRAWS,
  makes(given, { count, form }) {
    const made = madeRows(count, given, form);
    return { ...made, values: made.values + count * given.units, images: count };
  },
  async run(model, _, { form, ...options }, told) {
    const { images, codes, note, from: source, named } = await drawn(model, options, told);
    return {
      json: () => ({
        from: source,
        note,
        ...named,
        rows: rowsAnswer(model.encoding!, images, form),
        codes: new ArrayAnswer(codes),
      }),
    };
  },
});
