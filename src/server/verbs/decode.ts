import { z } from '@hono/zod-openapi';
import { codesOfIntegers } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import type { ServedModel } from '../engine/host.ts';
import type { Input } from '../requests/input.ts';
import { verb } from './verb.ts';

/** The codes of a request as vectors. @throws HourglassError for whole numbers that the model does not have. */
export const vectorsOf = ({ info, quantised }: ServedModel, { kind, rows }: Input): Float32Array =>
  kind === 'integers' ? codesOfIntegers(quantised!, rows, info.recipe) : rows;

export const decode = verb({
  name: 'decode',
  summary: 'Codes to images; those of quantised models also as whole numbers, integers.',
  takes: ['codes', 'integers'],
  options: z.strictObject({}),
  answers: z.object({ images: arraySchema }),
  pictures: true,
  makes: ({ count, pixels }) => ({ values: count * pixels, cells: count }),
  async run(model, input, _, told) {
    const images = await model.decode(vectorsOf(model, input), told);
    return {
      json: () => ({ images: new ArrayAnswer(images) }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
