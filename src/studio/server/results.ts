/** The part of results.json that the page shows. */
import * as z from 'zod';
import { diagnosisSchema } from '../../diagnosis/index.ts';

const figures = z.record(z.string(), z.number().nullable());

export const evaluationSchema = z.object({
  model: figures,
  objective: z.object({ values: figures }).nullish(),
  similarity: z.object({ model: figures }).nullish(),
  code: z.looseObject({}).nullish(),
  diagnosis: z.nullish(diagnosisSchema),
  generation: z.nullish(
    z.object({
      images: z.number(),
      definition: z.string(),
      rightClass: z.optional(z.number()),
      sources: z.array(
        z.object({
          ...{ source: z.string(), note: z.string(), rightClass: z.optional(z.number()) },
          ...{ frechet: z.number(), precision: z.number(), recall: z.number(), density: z.number() },
          coverage: z.number(),
        }),
      ),
    }),
  ),
});
