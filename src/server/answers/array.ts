/** Arrays in answers, in the formats of requests: nested numbers, or base64 of float32. */
import { z } from '@hono/zod-openapi';

/** Values row by row. */
export interface Values {
  data: Float32Array;
  shape: readonly number[];
}

export const ENCODINGS = ['array', 'base64'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const arraySchema = z
  .object({
    type: z.literal('float32'),
    shape: z.array(z.int()).openapi({ example: [1, 1, 28, 28] }),
    data: z
      .union([z.array(z.any()), z.string()])
      .openapi({ description: 'numbers, nested according to the shape, or base64 of little-endian float32' }),
  })
  .openapi('FloatArray');
