import { logStandardNormal } from '../../../../nn/index.ts';
import type { PriorGraph } from '../../priors/kind.ts';

export const standardGraph = {
  type: 'standard',
  noiseUnits: (_, units) => units,
  sample: (_net, noise) => noise,
  logDensity: (_net, z) => logStandardNormal(z),
} as const satisfies PriorGraph<{ type: 'standard' }>;
