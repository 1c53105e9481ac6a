import type * as z from 'zod/mini';
import { activate, dense, dropout } from '../../../nn/index.ts';
import type { denseSchema } from '../dense.ts';
import type { CodeBuilder } from '../kind.ts';

export const denseBuilder = {
  type: 'dense',
  make(net, h, config, { initialiser }) {
    const plain = activate(dense(net, h, { ...config, initialiser }), config.activation, config.slope);
    return { value: dropout(net, plain, config.dropout), plain };
  },
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof denseSchema>>;
