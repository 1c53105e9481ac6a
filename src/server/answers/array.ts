/** Arrays in answers, as requests may send them: nested numbers, or base64 of float32. */
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
      .openapi({ description: 'numbers nested by the shape, or base64 of little-endian float32' }),
  })
  .openapi('FloatArray');

export function arrayOf({ data, shape }: Values, encoding: Encoding): z.output<typeof arraySchema> {
  return {
    type: 'float32',
    shape: [...shape],
    data: encoding === 'base64' ? base64(data) : (nested(data, shape, 0, data.length) as unknown[]),
  };
}

function base64(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeFloatLE(values[i]!, 4 * i);
  return bytes.toString('base64');
}

function nested(values: Float32Array, shape: readonly number[], from: number, to: number): unknown[] {
  if (shape.length <= 1) return Array.from(values.subarray(from, to));
  const [count, ...rest] = shape as [number, ...number[]];
  const size = (to - from) / count;
  return Array.from({ length: count }, (_, i) =>
    nested(values, rest, from + i * size, from + (i + 1) * size),
  );
}
