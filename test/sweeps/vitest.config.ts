/** `npm run test:sweeps`: sweeps over queues with real servers. `*.test.ts` is short; `*.sweep.ts` kills, cuts and restarts. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/sweeps/*.{test,sweep}.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/count-reporter.ts'],
    disableConsoleIntercept: true,
  },
});
