/** Bundled for a page: the contract of engines, on the engine of pages. It lies next to the files of dist/browser. */
import { helpersOn, openWebEngine } from '../../src/web/engine/index.ts';
import { loadEngineFiles } from '../../src/web/engine-files.ts';
import { startHelperThread } from '../../src/web/worker-thread.ts';
import { engineContract } from '../engine-contract.ts';
import { runTests } from './page-vitest.ts';

engineContract('of pages', async () =>
  openWebEngine(await loadEngineFiles(), { threads: 1, startHelper: helpersOn(startHelperThread) }),
);

Object.assign(globalThis, { results: runTests() });
