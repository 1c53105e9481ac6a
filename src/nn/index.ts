/** Layers, activations, initialisers, penalties and noise: functions from symbols to symbols. No numbers run here. */
export { ACTIVATIONS, type ActivationName, activate } from './activations.ts';
export { type CodebookSettings, nearestEntries } from './codebook.ts';
export { jacobianNorm, jacobianNormEstimate, PROJECTIONS, type Projection } from './contraction.ts';
export {
  conv,
  convTranspose,
  flatten,
  type MapsSettings,
  maxPool,
  type Padding,
  reshape,
  upsample,
} from './convolution.ts';
export { additiveNoise, maskingNoise, multiscaleNoise, saltAndPepper } from './corruptions.ts';
export { type DefectSettings, madeDefects } from './defects.ts';
export { INITIALISERS, type Initialiser, type InitialiserName, zeros } from './initialisers.ts';
export { batchNorm, dense, dropout } from './layers.ts';
export {
  type Distribution,
  type Mode,
  Network,
  type Parameter,
  type Randomness,
  type Scheduled,
  type State,
} from './network.ts';
export { l1, sparsity, squaredWeights } from './penalties.ts';
export { centredLevels, finiteScalars } from './quantised.ts';
export { columnsOf } from './shapes.ts';
export { MOST_SCALES, scalesWithin, structuralSimilarity } from './structure.ts';
export { type NormalCode, normalKl, sampleNormal } from './variational.ts';
