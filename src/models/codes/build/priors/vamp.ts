import {
  cast,
  gather,
  mul,
  reshape,
  type Sym,
  sigmoid,
  slice,
  twiceNormalCdf,
} from '../../../../graph/index.ts';
import { logMixture, type Network, type NormalCode, noisyNormal } from '../../../../nn/index.ts';
import type { PriorModel } from '../../kind.ts';
import type { PriorGraph } from '../../priors/kind.ts';
import { IMAGES, type VampConfig } from '../../priors/vamp.ts';

/** Grey noise: where images are not to begin as training images, and until they are put there. */
const NOISE = { type: 'normal', mean: 0, std: 1 } as const;

/** A little less than 1, so that no rounding leads beyond the last component. */
const BELOW_ONE = 1 - 2 ** -20;

export const vampGraph = {
  type: 'vamp',
  noiseUnits: (_, units) => units + 1,
  // One number more chooses the component: Φ of a standard normal number is uniform.
  sample(net, noise, { components }, model) {
    const { units } = model;
    const chooser = reshape(slice(noise, [{ axis: 1, start: units, end: units + 1 }]), [noise.shape[0]!]);
    const index = cast(mul(twiceNormalCdf(chooser), (components / 2) * BELOW_ONE), 'int64');
    const { mean, logVariance } = posteriors(net, components, model);
    const chosen = { mean: gather(mean, index), logVariance: gather(logVariance, index) };
    return noisyNormal(chosen, slice(noise, [{ axis: 1, start: 0, end: units }]));
  },
  logDensity: (net, z, { components }, model) => logMixture(z, posteriors(net, components, model)),
} as const satisfies PriorGraph<VampConfig>;

/** What the encoder gives for the learned images, each [components, units]. */
function posteriors(net: Network, components: number, model: PriorModel): NormalCode {
  // No weight decay: it would pull images towards grey.
  const pixels: Sym = net.parameter(IMAGES, [components, model.values], NOISE, 'bias');
  const { posterior } = net.at('', () => net.inMode('infer', () => model.encode(net, sigmoid(pixels))));
  if (posterior === undefined) throw new RangeError('vamp: the code has no distribution');
  return posterior;
}
