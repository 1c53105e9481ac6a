import { z } from '@hono/zod-openapi';
import { type ScoreKind, scoreKindsFor } from '../../../api.ts';
import { constantColumns, explainRow, sumByColumn } from '../../../tables/index.ts';
import { ListAnswer } from '../../answers/text.ts';
import { cellSchema } from '../../requests/rows.ts';
import { HAS_SCORES, judged, judgedSchema, THRESHOLD } from '../judged.ts';
import { verb } from '../verb.ts';
import { answeredRows, FORM, madeRows, rowsAnswer } from './answer.ts';

const KINDS = scoreKindsFor('row') as [ScoreKind, ...ScoreKind[]];

/** Characters of a column's share, besides its name and values. */
const SHARE = 80;

const contribution = z.object({
  column: z.string(),
  value: cellSchema,
  expected: cellSchema.openapi({ description: "the model's reconstruction of the value" }),
  contribution: z.number().openapi({ description: 'what the column adds to the score' }),
  share: z.number().openapi({ description: 'the same as a share of all that is added, from 0 to 1' }),
});

export const anomaly = verb({
  name: 'anomaly',
  summary:
    'How anomalous rows are: scores, a threshold from held-out rows, and the columns that contribute most.',
  takes: ['rows'],
  options: z.strictObject({
    score: z
      .enum(KINDS)
      .optional()
      .openapi({ description: 'how a row becomes one number; default: the score of the model' }),
    ...THRESHOLD,
    top: z
      .int()
      .min(0)
      .max(100_000)
      .default(5)
      .openapi({ description: 'how many columns are named for each row' }),
    reconstructions: z
      .enum(['yes', 'no'])
      .default('no')
      .openapi({ description: 'whether the answer also holds the reconstructions' }),
    ...FORM,
  }),
  answers: z.object({
    ...judgedSchema(KINDS, 'row'),
    contributions: z
      .array(z.array(contribution))
      .openapi({ description: 'for each row, the columns that contribute to its score, the most first' }),
    changedConstants: z.array(z.int()).optional().openapi({
      description:
        'for each row, in how many columns it has another value than all training rows, which the model does not see; notes name the columns. Absent for models without such columns, and for rows as an array',
    }),
    reconstructions: answeredRows.optional(),
  }),
  pictures: false,
  needs: HAS_SCORES,
  makes(given, { top, reconstructions, form }) {
    const { count, columns, text } = given;
    // The names and values of the largest columns take no more than twice a row.
    const each = 2 * text + Math.min(top, columns) * SHARE;
    const made = madeRows(reconstructions === 'yes' ? count : 0, given, form);
    return { ...made, values: made.values + 2 * count, text: (made.text ?? 0) + count * each };
  },
  async run(model, input, { top, reconstructions, form = input.form, ...asked }, told) {
    const encoding = model.encoding!;
    const { rows, count } = input;
    const { found, answer } = await judged(model, rows, { ...asked, ...told }, 'row');
    const sums = sumByColumn(encoding, found.contributions!.data);
    const [columns, width] = [encoding.columns.length, encoding.offset.length];
    const ofRow = (i: number) => {
      const own = (all: Float32Array) => all.subarray(i * width, (i + 1) * width);
      const contributions = sums.subarray(i * columns, (i + 1) * columns);
      const parts = { values: own(rows), expected: own(found.reconstructions.data), contributions };
      return explainRow(encoding, parts, top);
    };
    const hasConstants = constantColumns(encoding).length > 0;
    return {
      json: () => ({
        ...answer(),
        contributions: new ListAnswer(count, ofRow),
        ...(hasConstants && input.changedConstants !== undefined
          ? { changedConstants: input.changedConstants }
          : {}),
        ...(reconstructions === 'yes'
          ? { reconstructions: rowsAnswer(encoding, found.reconstructions, form) }
          : {}),
      }),
    };
  },
});
