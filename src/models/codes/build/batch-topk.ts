import type * as z from 'zod/mini';
import { largestOfBatch } from '../../../nn/index.ts';
import type { batchTopkSchema } from '../batch-topk.ts';
import type { CodeBuilder } from '../kind.ts';
import { dictionary, sparseCode } from './sparse.ts';

export const batchTopkBuilder = {
  type: 'batchTopk',
  make: (net, x, config) =>
    sparseCode(net, x, config, (h) => ({ code: largestOfBatch(net, h, config.k, config.momentum) })),
  output: dictionary,
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof batchTopkSchema>>;
