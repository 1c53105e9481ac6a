/** What deterministic codes have in common that are matched with N(0, I) over all images together. */
import type { OwnTraits } from './kind.ts';

export const aggregatedFacts = {
  // Their parts of the loss say for themselves whether images of a batch see each other.
  couplesImages: false,
  traits: (): OwnTraits => ({
    hasVariance: false,
    rate: null,
    activation: 'identity',
    range: null,
    isDense: true,
    inEpochs: [],
  }),
  prior: { name: 'N(0, I)', isStandardNormal: true },
  outputs: {},
  isSampled: false,
} as const;
