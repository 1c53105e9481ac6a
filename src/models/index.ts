/** The families of models: for each its settings and its definition, and the graphs made of it. */
export {
  type AutoencoderConfig,
  autoencoderSchema,
  type Definition,
  defineAutoencoder,
} from './autoencoder.ts';
export {
  objectiveGraph,
  SHIPPED,
  type ShippedName,
  shippedModels,
  trainingGraph,
  type Weights,
} from './graphs.ts';
export { describeLayers, type ImageShape } from './layers.ts';
export { checkLoss, type LossConfig, type LossPart, lossSchema } from './objective.ts';
