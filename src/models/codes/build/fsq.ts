import type * as z from 'zod/mini';
import { centredLevels, finiteScalars } from '../../../nn/index.ts';
import type { fsqSchema } from '../fsq.ts';
import type { CodeBuilder } from '../kind.ts';
import { linear } from './linear.ts';

export const fsqBuilder = {
  type: 'fsq',
  make(net, h, { units, levels }, { initialiser }) {
    const value = finiteScalars(linear(net, h, units, initialiser), levels);
    return { value, plain: value };
  },
  embed: (_net, code, { levels }) => centredLevels(code, levels),
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof fsqSchema>>;
