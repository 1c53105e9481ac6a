/** Layers, activations, initialisers, penalties and noise: functions from symbols to symbols. No numbers run here. */

export { ACTIVATIONS, type ActivationName, activate } from './activations.ts';
export { type AdversarySettings, adversarialLosses } from './adversary.ts';
export { type CodebookSettings, nearestEntries } from './codebook.ts';
export {
  jacobianNorm,
  jacobianNormEstimate,
  outputGradient,
  PROJECTIONS,
  type Projection,
} from './contraction.ts';
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
export { type CouplingSettings, couplingLayers, MOST_LOG_SCALE, passedUnits } from './coupling.ts';
export { type DefectSettings, madeDefects } from './defects.ts';
export { discrepancy } from './discrepancy.ts';
export {
  type Bound,
  doublyReparameterised,
  gradientOnly,
  importanceBound,
  type Weighing,
} from './importance.ts';
export {
  INITIALISERS,
  type Initialiser,
  type InitialiserName,
  initialiser,
  ones,
  zeros,
} from './initialisers.ts';
export { batchNorm, dense, dropout } from './layers.ts';
export { logSumExp } from './log-sum.ts';
export { logMixture, noisyNormal } from './mixture.ts';
export {
  type Distribution,
  type Mode,
  Network,
  type Parameter,
  type Randomness,
  type Scheduled,
  type State,
} from './network.ts';
export { codeLength, l1, sparsity, squaredWeights } from './penalties.ts';
export { centredLevels, finiteScalars } from './quantised.ts';
export { repeatRows, rowsDim, rowsOfImage } from './rows.ts';
export { columnsOf } from './shapes.ts';
export {
  directions,
  fromDictionary,
  type JumpSettings,
  jumpRelu,
  largestOfBatch,
  largestOfRow,
  prefixErrors,
  type RevivalSettings,
  revival,
  type SparseInput,
  sharedBias,
  sparseInput,
} from './sparse.ts';
export { layerWeight, spectral } from './spectral.ts';
export { MOST_SCALES, scalesWithin, structuralSimilarity } from './structure.ts';
export {
  logNormal,
  logStandardNormal,
  type NormalCode,
  normalEntropy,
  normalKl,
  sampleNormal,
  sampleNormals,
} from './variational.ts';
