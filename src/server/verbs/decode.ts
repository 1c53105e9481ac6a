import { z } from '@hono/zod-openapi';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { verb } from './verb.ts';

export const decode = verb({
  name: 'decode',
  summary: 'Codes to images.',
  takes: ['codes'],
  options: z.strictObject({}),
  answers: z.object({ images: arraySchema }),
  pictures: true,
  makes: ({ count, pixels }) => ({ values: count * pixels, cells: count }),
  async run(model, { rows }) {
    const images = await model.decode(rows);
    return {
      json: () => ({ images: new ArrayAnswer(images) }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
