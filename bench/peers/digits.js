/** What the peers that run in Node need of the digits. */
import { readFileSync } from 'node:fs';
import { batchesFrom } from './batches.js';

export { firstWeights, LEARNING_RATE, SIZES } from './batches.js';

/** The share of units that dropout sets to 0. */
export const RATE = 0.2;

export const modeOf = (threads) => `WebAssembly, ${threads} thread${threads === 1 ? '' : 's'}`;

export const batchesOf = ({ data, images }) => batchesFrom(readFileSync(data), images);
