import { z } from '@hono/zod-openapi';
import { arrayOf, arraySchema } from '../answers/array.ts';
import { verb } from './verb.ts';

export const decode = verb({
  name: 'decode',
  summary: 'Codes to images.',
  takes: ['codes'],
  options: z.strictObject({}),
  answers: z.object({ images: arraySchema }),
  pictures: true,
  async run(model, { rows }) {
    const images = await model.decode(rows);
    return { json: (encoding) => ({ images: arrayOf(images, encoding) }), picture: { images } };
  },
});
