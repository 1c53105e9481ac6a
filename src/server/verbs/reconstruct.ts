import { z } from '@hono/zod-openapi';
import { labelsFor, type Told } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import type { ServedModel } from '../engine/host.ts';
import type { Input } from '../requests/input.ts';
import { classesSchema, toldOf } from './classes.ts';
import { checkDraws, DRAWN_FROM_POSTERIOR } from './draws.ts';
import { verb } from './verb.ts';

/** What reconstructions can be, of images and of rows. */
export const RECONSTRUCTED = {
  ...DRAWN_FROM_POSTERIOR,
  as: classesSchema.optional().openapi({
    description:
      'for conditional models: the class that the decoder is told, or a list of one for each; default: class. The code keeps the style of the image, so it is drawn as another class',
  }),
};

/** Reconstructions of `count` samples, or as many of each as are asked for, one after the other. */
export async function reconstructed(
  model: ServedModel,
  { rows, count }: Pick<Input, 'rows' | 'count'>,
  options: z.output<z.ZodObject<typeof RECONSTRUCTED>>,
  told: Told,
): Promise<{ data: Float32Array; shape: readonly number[] }> {
  checkDraws(model, options);
  const { samples, seed = 1, as } = options;
  if (samples === undefined && as === undefined) return model.reconstruct(rows, told);
  const labels = labelsFor(model.info, as === undefined ? told : toldOf(as), count);
  const each = samples ?? 1;
  const decoded =
    labels === null
      ? {}
      : { classes: Uint8Array.from({ length: count * each }, (_, i) => labels[Math.floor(i / each)]!) };
  const codes =
    samples === undefined
      ? await model.encode(rows, told)
      : await model.drawPosterior(rows, { count: samples, seed, ...told });
  return model.decode(codes.data, decoded);
}

export const reconstruct = verb({
  name: 'reconstruct',
  summary: 'Images to codes and back; by conditional models also as another class.',
  takes: ['images'],
  options: z.strictObject(RECONSTRUCTED),
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
  async run(model, input, options, told) {
    const images = await reconstructed(model, input, options, told);
    const { samples } = options;
    const [, ...shape] = images.shape;
    const shown = samples === undefined ? images : { ...images, shape: [input.count, samples, ...shape] };
    return {
      json: () => ({ images: new ArrayAnswer(shown) }),
      picture: () => [{ data: images.data, each: 1 }],
    };
  },
});
