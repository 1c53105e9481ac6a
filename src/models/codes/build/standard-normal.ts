/** The prior N(0, I). */
import { logStandardNormal } from '../../../nn/index.ts';
import type { AnyCode, PriorBuilder } from '../kind.ts';

export const standardNormal: PriorBuilder<AnyCode> = {
  noiseUnits: (_, units) => units,
  sample: (_net, noise) => noise,
  logDensity: (_net, z) => logStandardNormal(z),
};
