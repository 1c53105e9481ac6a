import type * as z from 'zod/mini';
import { dense, discrepancy } from '../../../nn/index.ts';
import type { CodeBuilder } from '../kind.ts';
import { DISCREPANCY, type mmdSchema } from '../mmd.ts';
import { standardNormal } from './standard-normal.ts';

export const mmdBuilder = {
  type: 'mmd',
  make(net, h, { units, discrepancy: { weight, scales } }, { initialiser }) {
    const value = dense(net, h, { units, bias: true, initialiser });
    return {
      value,
      plain: value,
      parts: (net) =>
        net.within(DISCREPANCY, () => [
          {
            name: DISCREPANCY,
            definition: `MMD² of a batch's codes from as many draws of N(0, I), unbiased, over ${scales.length} inverse multiquadratic ${scales.length === 1 ? 'kernel' : 'kernels'}`,
            unit: 'MMD²',
            weight,
            couplesImages: true,
            symbol: discrepancy(net, value, net.random('prior', [units], { type: 'normal' }), scales),
          },
        ]),
    };
  },
  prior: standardNormal,
} as const satisfies CodeBuilder<z.infer<typeof mmdSchema>>;
