/** Layers, activations, initialisers and losses: functions from symbols to symbols. No numbers run here. */
export { ACTIVATIONS, type ActivationName, activate } from './activations.ts';
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
export { INITIALISERS, type Initialiser, type InitialiserName } from './initialisers.ts';
export { batchNorm, dense, dropout } from './layers.ts';
export {
  LOSSES,
  type LossName,
  lossDefinition,
  lossUnit,
  type Output,
  REDUCTIONS,
  type Reduction,
  reconstructionLoss,
} from './losses.ts';
export { type Mode, Network, type Parameter, type Randomness, type State } from './network.ts';
