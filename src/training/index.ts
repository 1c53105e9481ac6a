/** Training: the loop, its settings, and the machinery of a step. Knows no disk and no terminal. */

export { type Batches, batchesOf } from './batches.ts';
export { startCodebooks } from './codebooks.ts';
export { corruptImages } from './corrupt.ts';
export { createEvaluator, type Evaluator, type HeldSplit } from './evaluator.ts';
export { type FitSettings, fitNetwork } from './fit.ts';
export { type LiveModel, liveModel } from './live-model.ts';
export { type EpochMetrics, type LoopInput, type TrainingEvent, trainingLoop } from './loop.ts';
export { BEGINNING, type Position, positionSchema, readPosition } from './position.ts';
export { withRowsProgram } from './rows-program.ts';
export { withRateChange } from './schedules.ts';
export { type OptimiserConfig, type TrainingSettings, trainingSchema } from './settings.ts';
export { streamOf } from './streams.ts';
export { createTrainer, initialWeights, type Norms, type Trainer, weightShapes } from './trainer.ts';
export { bindWeights, requireTensors } from './weights.ts';
export type { Losses, NamedTensor } from './workspace.ts';
