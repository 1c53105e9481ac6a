import { z } from '@hono/zod-openapi';
import { arrayOf, arraySchema } from '../answers/array.ts';
import { verb } from './verb.ts';

export const reconstruct = verb({
  name: 'reconstruct',
  summary: 'Images to codes and back.',
  takes: ['images'],
  options: z.strictObject({}),
  answers: z.object({ images: arraySchema }),
  pictures: true,
  async run(model, { rows }) {
    const images = await model.reconstruct(rows);
    return { json: (encoding) => ({ images: arrayOf(images, encoding) }), picture: { images } };
  },
});
