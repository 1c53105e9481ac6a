/** Training: the loop, its settings, and the machinery of a step. Knows no disk and no terminal. */
export {
  BEGINNING,
  type EpochMetrics,
  type LoopInput,
  type Position,
  type TrainingEvent,
  trainingLoop,
} from './loop.ts';
export { type OptimiserConfig, type TrainingSettings, trainingSchema } from './settings.ts';
export {
  createTrainer,
  type Images,
  initialWeights,
  type Losses,
  type NamedTensor,
  type Trainer,
} from './trainer.ts';
