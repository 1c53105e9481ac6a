import { z } from '@hono/zod-openapi';
import { arraySchema } from '../answers/array.ts';
import { ArrayAnswer } from '../answers/text.ts';
import { verb } from './verb.ts';

export const neighbours = verb({
  name: 'neighbours',
  summary:
    'The references that are most similar to the images, by the distance of their codes. As PNG: a row for each image, with its neighbours.',
  takes: ['images'],
  options: z.strictObject({
    k: z.int().min(1).max(50).default(5),
    metric: z.enum(['euclidean', 'cosine']).default('euclidean'),
  }),
  answers: z.object({
    references: z.int().openapi({ description: 'how many were searched' }),
    source: z.string().openapi({ description: 'a description of them' }),
    neighbours: z
      .array(z.array(z.object({ place: z.int(), distance: z.number(), class: z.string().nullable() })))
      .openapi({ description: 'for each image, the nearest first' }),
    images: arraySchema.openapi({
      description: '[n, k, channels, height, width]: the neighbours themselves',
    }),
  }),
  pictures: true,
  needs: {
    fits: ({ references }) => references !== null,
    what: 'has no references: the test images of its run are not where the run recorded them, or have changed; name some with --references',
  },
  makes: ({ count, pixels }, { k }) => {
    const cells = (k + 1) * count;
    return { values: k * count * pixels, cells, images: cells, columns: k + 1 };
  },
  async run(model, { rows, count }, { k, metric }, told) {
    const { places, distances, classes, pixels, references, source } = await model.neighbours(
      rows,
      k,
      metric,
      told,
    );
    const { channels, height, width } = model.info.image;
    const images = { data: pixels, shape: [count, k, channels, height, width] };
    return {
      json: () => ({
        references,
        source,
        neighbours: places.map((row, q) =>
          row.map((place, i) => ({ place, distance: distances[q]![i]!, class: classes[q]![i]! })),
        ),
        images: new ArrayAnswer(images),
      }),
      picture: () => [
        { data: rows, each: 1 },
        { data: pixels, each: k },
      ],
    };
  },
});
