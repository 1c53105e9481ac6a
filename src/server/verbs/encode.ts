import { z } from '@hono/zod-openapi';
import { drawnFrom } from '../../api.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import type { InputKind } from '../requests/input.ts';
import { checkDraws, DRAWN_FROM_POSTERIOR } from './draws.ts';
import { verb } from './verb.ts';

const encoding = (kind: InputKind, summary: string) =>
  verb({
    ...{ name: 'encode', summary, takes: [kind], pictures: false },
    options: z.strictObject({
      posterior: z
        .enum(['yes', 'no'])
        .default('no')
        .openapi({ description: 'of variational models: also log σ² of each code, whose mean is in codes' }),
      ...DRAWN_FROM_POSTERIOR,
    }),
    answers: z.object({
      codes: arraySchema,
      logVariances: arraySchema.optional().openapi({ description: '[n, units], for posterior' }),
      samples: arraySchema.optional().openapi({ description: '[n, samples, units], for samples' }),
    }),
    makes: ({ count, units }, { posterior, samples = 0 }) => ({
      values: count * units * (1 + (posterior === 'yes' ? 1 : 0) + samples),
      cells: 0,
    }),
    async run(model, { rows }, options) {
      checkDraws(model, options);
      const { posterior, samples, seed = 1 } = options;
      if (posterior === 'no' && samples === undefined) {
        const codes = await model.encode(rows);
        return { json: () => ({ codes: new ArrayAnswer(codes) }) };
      }
      const found = await model.posterior(rows);
      const drawn = samples === undefined ? null : drawnFrom(nodeEngine, found, { count: samples, seed });
      return {
        json: () => ({
          codes: new ArrayAnswer(found.mean),
          ...(posterior === 'yes' ? { logVariances: new ArrayAnswer(found.logVariance) } : {}),
          ...(drawn === null ? {} : { samples: new ArrayAnswer(drawn) }),
        }),
      };
    },
  });

export const encode = encoding('images', 'Images to their codes; for a Gaussian code, its mean.');
export const encodeRows = encoding('rows', 'Rows to their codes; for a Gaussian code, its mean.');
