/** What every engine must do, for each engine that there is. A helper is a thread of the built code. */
import { nodeEngine } from '../dist/node/engine/index.js';
import { engineContract } from './engine-contract.ts';
import { copyingEngine, webEngine } from './support/web-engine.ts';

engineContract('of Node', () => nodeEngine);
engineContract('of pages', () => webEngine());
engineContract('of pages, on the public API of onnxruntime-web', () => copyingEngine());
