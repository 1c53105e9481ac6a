/** `npm run test:install`: the package as a user installs it, in projects of its own. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/install/*.test.ts'],
    globalSetup: './test/install/setup.ts',
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    reporters: ['default', './test/count-reporter.ts'],
  },
});
