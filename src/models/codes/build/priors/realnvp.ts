import { add } from '../../../../graph/index.ts';
import { couplingLayers, logStandardNormal } from '../../../../nn/index.ts';
import type { PriorGraph } from '../../priors/kind.ts';
import type { RealnvpConfig } from '../../priors/realnvp.ts';

export const realnvpGraph = {
  type: 'realnvp',
  noiseUnits: (_, units) => units,
  sample: (net, noise, config) => couplingLayers(net, noise, config, 'fromNormal').value,
  logDensity(net, z, config) {
    const { value, logDeterminant } = couplingLayers(net, z, config, 'toNormal');
    return add(logStandardNormal(value), logDeterminant);
  },
} as const satisfies PriorGraph<RealnvpConfig>;
