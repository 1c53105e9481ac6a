import { z } from '@hono/zod-openapi';
import { labelsFor, interpolate as walked } from '../../api.ts';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { Problem } from '../problem.ts';
import { vectorsOf } from './decode.ts';
import { verb } from './verb.ts';

export const interpolate = verb({
  name: 'interpolate',
  summary: 'Walks from each image (or code) to the next, decoded on the way.',
  takes: ['images', 'codes', 'integers'],
  options: z.strictObject({
    steps: z
      .int()
      .min(2)
      .max(64)
      .default(8)
      .openapi({ description: 'the number of images in a walk, both ends included' }),
    method: z
      .enum(['linear', 'spherical'])
      .default('linear')
      .openapi({ description: 'spherical is for variational models' }),
  }),
  answers: z.object({
    images: arraySchema.openapi({ description: '[pairs, steps, channels, height, width]' }),
    codes: arraySchema.openapi({ description: '[pairs, steps, units]' }),
  }),
  pictures: true,
  makes: ({ count, pixels, units }, { steps }) => {
    const cells = steps * Math.max(0, count - 1);
    return { values: cells * (pixels + units), cells, images: cells, columns: steps };
  },
  async run(model, input, { steps, method }, told) {
    const { kind, rows, count } = input;
    if (count < 2) throw new Problem(422, 'A walk needs two or more images or codes.');
    const units = model.info.codeUnits;
    const codes = kind !== 'images' ? vectorsOf(model, input) : (await model.encode(rows, told)).data;
    const [from, to] = [codes.subarray(0, (count - 1) * units), codes.subarray(units)];
    const labels = labelsFor(model.info, told, count);
    // The class of each step is that of the nearer end.
    const nearer = (i: number) => Math.floor(i / steps) + Number(i % steps >= steps / 2);
    const asThese =
      labels === null
        ? {}
        : { classes: Uint8Array.from({ length: (count - 1) * steps }, (_, i) => labels[nearer(i)]!) };
    const walk = await walked(model, from, to, steps, { method, ...asThese });
    return {
      json: () => ({
        images: new ArrayAnswer(walk.images),
        codes: new ArrayAnswer(walk.codes),
      }),
      picture: () => [{ data: walk.images.data, each: 1 }],
    };
  },
});
