/** The families of models: for each its settings and its definition, and the graphs made of it. */
export {
  type AutoencoderConfig,
  autoencoderSchema,
  type Definition,
  defineAutoencoder,
} from './autoencoder.ts';
export { beginAtMean } from './centre.ts';
export type { CodeConfig } from './code.ts';
export { type CorruptionConfig, corruptionSchema, describeCorruption } from './corruption.ts';
export {
  corruptionGraph,
  jacobianGraph,
  type ObjectiveGraph,
  objectiveGraph,
  PARTS,
  type PartName,
  SHIPPED,
  type ShipOptions,
  type ShippedModels,
  type ShippedName,
  shippedModels,
  type TrainingGraph,
  trainingGraph,
  type Weights,
} from './graphs.ts';
export {
  type ImportanceGraph,
  importanceGraph,
  type LikelihoodConfig,
  type PosteriorGraph,
  posteriorGraph,
} from './importance.ts';
export { describeLayers, type ImageShape } from './layers.ts';
export type { LossConfig } from './loss.ts';
export {
  checkObjective,
  describeParts,
  type LossPart,
  type ObjectiveConfig,
  objectiveSchema,
} from './objective.ts';
