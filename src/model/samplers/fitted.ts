/** What reads `samplers.json` and draws from what is in it: it is loaded where a model has the file. */

export { drawMixture } from './draw.ts';
export { drawFlow } from './draw-flow.ts';
export { drawSecondStage } from './draw-second-stage.ts';
export { parseSamplers } from './samplers.ts';
