/** `npm run test:attack`: the service against hostile clients. A small form of it is part of `npm run test:use`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/attack/*.attack.ts'],
    pool: 'forks',
    testTimeout: 600_000,
    hookTimeout: 300_000,
    reporters: ['default', './test/count-reporter.ts'],
    disableConsoleIntercept: true,
  },
});
