/**
 * What is trained: the autoencoder and its objective, and the graphs made of them. Kinds of code, loss, penalty,
 * corruption and layer are records, one file each, in tables; extensions add to the tables.
 */

export { MOST_LOG_SCALE, passedUnits } from '../nn/index.ts';
export { defineAutoencoder } from './autoencoder.ts';
export { type Beginning, beginsAtMean, beginWith, examplesWanted } from './beginning.ts';
export { codebookGraphs } from './codebooks.ts';
export {
  CODES,
  type CodeConfig,
  type CodeTraits,
  codeNotes,
  codeSchema,
  codeTraits,
  hasSampledCode,
  type PriorTraits,
  type Rate,
  type Symbols,
} from './codes/index.ts';
export { type ConditionConfig, conditionSchema, oneHotInto } from './condition.ts';
export {
  type CorruptionConfig,
  corruptionSchema,
  describeCorruption,
  isLocalCorruption,
} from './corruptions/index.ts';
export { type Cost, costOf } from './cost.ts';
export { type AutoencoderConfig, autoencoderSchema, type Definition } from './definition.ts';
export { extend, extensionsOf, extensionUrls, loadExtensions, missingExtension } from './extensions.ts';
export {
  type AutoregressiveShape,
  autoregressiveGraph,
  autoregressiveNats,
  encodeAutoregressive,
} from './fitted/autoregressive.ts';
export { type FittedGraph, fittedGraph } from './fitted/fitted.ts';
export { flowGraph, type GaussianMixture } from './fitted/flow.ts';
export {
  flowSampler,
  type GaussianNumbers,
  gaussianSampler,
  type MixtureNumbers,
  mixtureSampler,
  type SamplerGraph,
  secondStageSampler,
} from './fitted/sampler-graphs.ts';
export { LEAST_VARIANCE, type SecondStageShape, secondStageGraph } from './fitted/second-stage.ts';
export {
  CLASS,
  corruptionGraph,
  type HalfGraph,
  halves,
  jacobianGraph,
  type ObjectiveGraph,
  OFFSET,
  objectiveGraph,
  PARTS,
  type PartName,
  SCALE,
  SHIPPED,
  type ShipOptions,
  type ShippedModels,
  type ShippedName,
  shippedModels,
  shippedSampler,
  type TrainingGraph,
  trainingGraph,
  type Weights,
} from './graphs.ts';
export type { ImageShape } from './image-shape.ts';
export { type ImportanceGraph, importanceGraph, type PosteriorGraph, posteriorGraph } from './importance.ts';
export { couplingLayer, describeLayers, firstSees, LAYERS, sideDivisor, sideFactor } from './layers/index.ts';
export { type Likelihood, type LossConfig, likelihoodLosses, lossTraits } from './losses/index.ts';
export {
  checkObjective,
  limitedBy,
  type ObjectiveConfig,
  objectiveSchema,
  partName,
} from './objective.ts';
export { describeParts, type LossPart } from './part.ts';
export { effectivePenalties, type PenaltiesConfig, setPenalties } from './penalties/index.ts';
export { derived } from './tables.ts';
