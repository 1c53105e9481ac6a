/** `npm run test:golden`: the bits of trained models are what they were, and runs of earlier versions still open. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/golden/*.test.ts'],
    pool: 'forks',
    testTimeout: 300_000,
    reporters: ['default', './test/count-reporter.ts'],
  },
});
