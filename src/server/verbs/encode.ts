import { z } from '@hono/zod-openapi';
import { drawnFrom, integersOfCodes } from '../../api.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import { arraySchema, type Values } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import type { ServedModel } from '../engine/host.ts';
import { Problem } from '../problem.ts';
import type { InputKind } from '../requests/input.ts';
import { checkDraws, DRAWN_FROM_POSTERIOR } from './draws.ts';
import { verb } from './verb.ts';

const notQuantised = () =>
  new Problem(409, 'integers is not available for this model: its codes are not quantised.');

/** Codes as whole numbers. @throws Problem for a model whose codes are not quantised. */
function wholeNumbers({ info, quantised }: ServedModel, codes: Float32Array): Values {
  if (quantised === undefined) throw notQuantised();
  const { data, shape } = integersOfCodes(quantised, codes, info.recipe);
  return { data: Float32Array.from(data), shape };
}

const encoding = (kind: InputKind, summary: string) =>
  verb({
    ...{ name: 'encode', summary, takes: [kind], pictures: false },
    options: z.strictObject({
      posterior: z
        .enum(['yes', 'no'])
        .default('no')
        .openapi({ description: 'of variational models: also log σ² of each code, whose mean is in codes' }),
      integers: z
        .enum(['yes', 'no'])
        .default('no')
        .openapi({ description: 'of quantised models: also each code as whole numbers, which decode takes' }),
      ...DRAWN_FROM_POSTERIOR,
    }),
    answers: z.object({
      codes: arraySchema,
      logVariances: arraySchema.optional().openapi({ description: '[n, units], for posterior' }),
      integers: arraySchema.optional().openapi({ description: '[n, …], whole numbers, for integers' }),
      samples: arraySchema.optional().openapi({ description: '[n, samples, units], for samples' }),
    }),
    makes: ({ count, units }, { posterior, integers, samples = 0 }) => ({
      values: count * units * (1 + Number(posterior === 'yes') + Number(integers === 'yes') + samples),
      cells: 0,
    }),
    async run(model, { rows }, options, told) {
      checkDraws(model, options);
      const { posterior, integers, samples, seed = 1 } = options;
      if (posterior === 'no' && samples === undefined) {
        const codes = await model.encode(rows, told);
        const whole = integers === 'yes' ? wholeNumbers(model, codes.data) : null;
        return {
          json: () => ({
            codes: new ArrayAnswer(codes),
            ...(whole === null ? {} : { integers: new ArrayAnswer(whole) }),
          }),
        };
      }
      if (integers === 'yes') throw notQuantised();
      const found = await model.posterior(rows, told);
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
