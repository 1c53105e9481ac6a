import { z } from '@hono/zod-openapi';
import { denoise as denoised } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { verb } from './verb.ts';

export const denoise = verb({
  name: 'denoise',
  summary: 'Removes noise from images, with a model that was trained with a corruption.',
  takes: ['images'],
  options: z.strictObject({}),
  answers: z.object({ images: arraySchema }),
  pictures: true,
  needs: { fits: ({ info }) => info.corruption.type !== 'none', what: 'was trained only on clean images' },
  makes: ({ count, pixels }) => ({ values: count * pixels, cells: count }),
  async run(model, { rows }, _, told) {
    const images = await denoised(model, rows, told);
    return {
      json: () => ({ images: new ArrayAnswer(images) }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
