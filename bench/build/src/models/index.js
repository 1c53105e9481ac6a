/** The families of models: for each its settings and its definition, and the graphs made of it. */
export { autoencoderSchema, defineAutoencoder, } from "./autoencoder.js";
export { objectiveGraph, SHIPPED, shippedModels, trainingGraph, } from "./graphs.js";
export { checkLoss, lossSchema } from "./objective.js";
