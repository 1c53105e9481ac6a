import type * as z from 'zod/mini';
import { largestOfRow } from '../../../nn/index.ts';
import type { CodeBuilder } from '../kind.ts';
import type { topkSchema } from '../topk.ts';
import { dictionary, sparseCode } from './sparse.ts';

export const topkBuilder = {
  type: 'topk',
  make: (net, x, config) => sparseCode(net, x, config, (h) => ({ code: largestOfRow(h, config.k) })),
  output: dictionary,
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof topkSchema>>;
