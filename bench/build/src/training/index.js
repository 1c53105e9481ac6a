/** Training: the loop, its settings, and the machinery of a step. Knows no disk and no terminal. */
export { BEGINNING, trainingLoop, } from "./loop.js";
export { optimiserSchema, trainingSchema } from "./settings.js";
export { createTrainer, initialWeights, } from "./trainer.js";
