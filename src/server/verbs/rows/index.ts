/** The verbs of models of rows. */
export { anomaly } from './anomaly.ts';
export { decode } from './decode.ts';
export { reconstruct } from './reconstruct.ts';
export { sample } from './sample.ts';
