/** npm runs this after `npm ci` in a clone, and before `npm pack`: the build, where its tools are installed. */
import { execSync } from 'node:child_process';
import { createRequire } from 'node:module';

const TOOLS = ['typescript', 'assemblyscript'];

function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

if (TOOLS.every(isInstalled)) execSync('npm run build', { stdio: 'inherit' });
else {
  process.stderr.write(
    'hourglass: not built, because the build tools are development dependencies; to build and then remove them: ' +
      'npm ci && npm prune --omit=dev\n',
  );
}
