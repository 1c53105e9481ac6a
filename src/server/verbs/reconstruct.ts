import { z } from '@hono/zod-openapi';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { checkDraws, DRAWN_FROM_POSTERIOR } from './draws.ts';
import { verb } from './verb.ts';

export const reconstruct = verb({
  name: 'reconstruct',
  summary: 'Images to codes and back.',
  takes: ['images'],
  options: z.strictObject(DRAWN_FROM_POSTERIOR),
  answers: z.object({
    images: arraySchema.openapi({
      description: '[n, channels, height, width]; for samples [n, samples, channels, height, width]',
    }),
  }),
  pictures: true,
  makes: ({ count, pixels, units }, { samples }) => {
    const cells = count * (samples ?? 1);
    const drawn = samples === undefined ? 0 : cells * units;
    return {
      values: cells * pixels + drawn,
      cells,
      ...(samples === undefined ? {} : { images: cells, columns: Math.min(samples, 256) }),
    };
  },
  async run(model, { rows, count }, options) {
    checkDraws(model, options);
    const { samples, seed = 1 } = options;
    const images =
      samples === undefined
        ? await model.reconstruct(rows)
        : await model.decode((await model.drawPosterior(rows, { count: samples, seed })).data);
    const [, ...shape] = images.shape;
    const shown = samples === undefined ? images : { ...images, shape: [count, samples, ...shape] };
    return {
      json: () => ({ images: new ArrayAnswer(shown) }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
