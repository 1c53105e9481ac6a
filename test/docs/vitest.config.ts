/** `npm run test:docs`: every command and every block of code in README and docs is run or compiled; the gate runs it. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/docs/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Documents run beside each other, two at a time.
    maxConcurrency: 2,
    testTimeout: 3_600_000,
    reporters: ['default', './test/count-reporter.ts'],
  },
});
