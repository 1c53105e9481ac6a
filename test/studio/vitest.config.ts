/** `npm run test:studio`: the studio's page in a browser, with Node behind it and without, and its server. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/studio/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A busy machine takes its time.
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', './test/count-reporter.ts'],
  },
});
