/** Layers, activations, initialisers and losses: functions from symbols to symbols. No numbers run here. */
export { ACTIVATIONS, activate } from "./activations.js";
export { INITIALISERS } from "./initialisers.js";
export { batchNorm, columnsOf, dense, dropout } from "./layers.js";
export { LOSSES, lossDefinition, REDUCTIONS, reconstructionLoss, } from "./losses.js";
export { Network } from "./network.js";
