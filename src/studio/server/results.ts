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
});
