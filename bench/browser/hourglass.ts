/** hourglass's own training steps in a page: one thread, and a turn for messages after each step, as `train` has them. */
import { openWebEngine } from '../../src/web/engine/index.ts';
import { loadFastestEngineFiles } from '../../src/web/fastest-engine-files.ts';
import { turn } from '../../src/web/turn.ts';
import { trainingContest } from '../training.ts';
import { serveInPage } from './worker.ts';

serveInPage(async ({ network, images: count, seed }, bytes) => {
  const engine = await openWebEngine(await loadFastestEngineFiles(), { threads: 1 });
  const { ready, step } = await trainingContest(engine, network, { bytes, count, threads: 1, seed });
  return {
    ready,
    async step(asked) {
      const once = await step(asked);
      return async () => {
        const loss = await once();
        await turn();
        return loss;
      };
    },
  };
});
