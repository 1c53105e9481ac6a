import type * as z from 'zod/mini';
import { centredLevels, conv, dense, finiteScalars } from '../../../nn/index.ts';
import type { fsqSchema } from '../fsq.ts';
import type { CodeBuilder } from '../kind.ts';

export const fsqBuilder = {
  type: 'fsq',
  make(net, h, { units, levels }, { initialiser }) {
    const numbers =
      h.shape.length === 4
        ? conv(net, h, { channels: units, kernel: 1, stride: 1, padding: 'same', bias: true, initialiser })
        : dense(net, h, { units, bias: true, initialiser });
    const value = finiteScalars(numbers, levels);
    return { value, plain: value };
  },
  embed: (_net, code, { levels }) => centredLevels(code, levels),
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof fsqSchema>>;
