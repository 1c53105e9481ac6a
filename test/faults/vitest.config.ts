/** `npm run test:faults`: what may go wrong around a training, made to go wrong, many times. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/faults/*.fault.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 3_600_000,
    hookTimeout: 300_000,
    reporters: ['default', './test/count-reporter.ts'],
    disableConsoleIntercept: true,
  },
});
