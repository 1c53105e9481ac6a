/** The build's first step: where its tools are not installed, it ends with the command that installs them. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const TOOLS = ['typescript-7', 'assemblyscript', 'rolldown'];

export function hasBuildTools() {
  const { resolve } = createRequire(import.meta.url);
  return TOOLS.every((name) => {
    try {
      resolve(`${name}/package.json`);
      return true;
    } catch {
      return false;
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !hasBuildTools()) {
  process.stderr.write(
    'hourglass: cannot build or test, because the development dependencies are not installed: run npm ci\n',
  );
  process.exitCode = 1;
}
