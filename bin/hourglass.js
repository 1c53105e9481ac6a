#!/usr/bin/env node
// Starts the program. An installation with a part missing is reported in one line: see src/installation.ts for the rest.
import { existsSync } from 'node:fs';

const MAIN = new URL('../lib/cli/main.js', import.meta.url);

/** EXIT_CODES.environment of src/errors.ts, which may be what is missing. */
const ENVIRONMENT = 6;

function fail(message) {
  process.stderr.write(`hourglass: ${message}\n`);
  process.exitCode = ENVIRONMENT;
}

if (!existsSync(MAIN)) fail('not built: run npm ci && npm run build in its folder');
else {
  try {
    await import(MAIN.href);
  } catch (error) {
    if (error?.code === 'EMFILE' || error?.code === 'ENFILE') {
      fail('too many open files to start: raise the limit, as with: ulimit -n 1024');
    } else if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    else
      fail(
        `${error.message.split('\n')[0]}: run npm ci (in a clone) or npm i hourglass (in a project) again`,
      );
  }
}
