import { z } from '@hono/zod-openapi';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import type { InputKind } from '../requests/input.ts';
import { verb } from './verb.ts';

const encoding = (kind: InputKind, summary: string) =>
  verb({
    ...{ name: 'encode', summary, takes: [kind], pictures: false },
    options: z.strictObject({}),
    answers: z.object({ codes: arraySchema }),
    makes: ({ count, units }) => ({ values: count * units, cells: 0 }),
    async run(model, { rows }) {
      const codes = await model.encode(rows);
      return { json: () => ({ codes: new ArrayAnswer(codes) }) };
    },
  });

export const encode = encoding('images', 'Images to their codes; for a Gaussian code, its mean.');
export const encodeRows = encoding('rows', 'Rows to their codes; for a Gaussian code, its mean.');
