import * as z from 'zod';
import { flatten } from '../../nn/index.ts';
import type { LayerKind } from './kind.ts';

const schema = z.strictObject({ type: z.literal('flatten') }).describe('from maps to one row of features');

export const flattenLayer = {
  type: 'flatten',
  schema,
  takes: 'maps',
  isSpatial: false,
  sees: null,
  couplesImages: false,
  apply: (_, x) => flatten(x),
  short: () => null,
  divides: () => 1,
} as const satisfies LayerKind<z.infer<typeof schema>>;
