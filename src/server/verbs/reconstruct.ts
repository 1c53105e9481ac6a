import { z } from '@hono/zod-openapi';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { verb } from './verb.ts';

export const reconstruct = verb({
  name: 'reconstruct',
  summary: 'Images to codes and back.',
  takes: ['images'],
  options: z.strictObject({}),
  answers: z.object({ images: arraySchema }),
  pictures: true,
  makes: ({ count, pixels }) => ({ values: count * pixels, cells: count }),
  async run(model, { rows }) {
    const images = await model.reconstruct(rows);
    return {
      json: () => ({ images: new ArrayAnswer(images) }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
