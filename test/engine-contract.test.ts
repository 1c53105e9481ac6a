/** What every engine must do, for each engine that there is. A helper of Node's is a thread of the built code. */
import { nodeEngine } from '../dist/node/engine/index.js';
import { engineContract } from './engine-contract.ts';

engineContract('of Node', () => nodeEngine);
