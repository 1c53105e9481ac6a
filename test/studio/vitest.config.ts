/** `npm run test:studio`: the studio in a browser. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/studio/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/count-reporter.ts'],
  },
});
