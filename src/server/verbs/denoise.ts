import { z } from '@hono/zod-openapi';
import { denoise as denoised } from '../../runs/index.ts';
import { arrayOf, arraySchema } from '../answers/array.ts';
import { verb } from './verb.ts';

export const denoise = verb({
  name: 'denoise',
  summary: 'Noisy images to clean ones, by a model that was trained with a corruption.',
  takes: ['images'],
  options: z.strictObject({}),
  answers: z.object({ images: arraySchema }),
  pictures: true,
  needs: { fits: ({ info }) => info.corruption.type !== 'none', what: 'was trained on clean images alone' },
  async run(model, { rows }) {
    const images = await denoised(model, rows);
    return { json: (encoding) => ({ images: arrayOf(images, encoding) }), picture: { images } };
  },
});
