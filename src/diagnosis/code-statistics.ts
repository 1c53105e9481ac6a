/** How many units of a code carry information, as it is stored. */
import * as z from 'zod';

export const codeStatisticsSchema = z.object({
  /** When a unit counts as varying, in words. For a Gaussian code: Var(μ) > 0.01 (Burda et al., 2016). */
  definition: z.string(),
  /** What is counted: single units, or whole maps of a code that is made of maps. */
  of: z.enum(['units', 'maps']),
  /** The number of units, or of maps. */
  count: z.int(),
  /** How many of them vary. */
  varying: z.int(),
  /** The lowest and the highest value at which the others stay; null if there are none. */
  restAt: z.tuple([z.number(), z.number()]).nullable(),
  /** How a quantised code uses its values; absent or null for other codes. */
  symbols: z
    .object({
      /** The share of all values that occur: of the levels of a unit (a mean over units), or of the vectors of a codebook. */
      used: z.number(),
      /** exp of the entropy of their frequencies, a mean over units: as many values, used evenly, would tell as much. */
      perplexity: z.number(),
    })
    .nullable()
    .optional(),
  /** How a sparse code of rows or images uses its units; absent or null for other codes. */
  sparse: z
    .object({
      /** L0: units that are not 0, mean over images. */
      active: z.number(),
      /** The share of the units that are 0 for all these images. */
      dead: z.number(),
      /** The share of the units that are not 0 for more than a tenth of these images. */
      dense: z.number(),
      /** 1 − Σ‖x − x̂‖² / Σ‖x − x̄‖², with x̄ the mean of these images. */
      explainedVariance: z.number(),
      /** The cosine of the angle between x and x̂, mean over images. */
      cosine: z.number(),
      /** Units by how often they are not 0: at most 10⁻⁴ of the images, and four ranges to each power of ten up to 1. */
      frequencies: z.array(z.int()),
    })
    .nullable()
    .optional(),
  /** Each unit of a variational code with the prior N(0, I), in their order; absent or null for other codes, and in older results. */
  perUnit: z
    .object({
      /** KL(q(z | x) ‖ N(0, 1)) of each unit in nats, in closed form, mean over images. */
      kl: z.array(z.number()),
      /** A_u, the variance of each unit's mean μ over the images. */
      variance: z.array(z.number()),
    })
    .nullable()
    .optional(),
  /** The number of images it was measured on. */
  images: z.int(),
});

/** How many units of a code carry information: those that differ from image to image. */
export interface CodeStatistics extends z.infer<typeof codeStatisticsSchema> {}
