/**
 * The build after an installation in a clone, where its tools are installed. npm runs this as the script `dependencies`,
 * which is for the root project only: npm 11 asks users to approve a package with `prepare` or `postinstall`.
 */
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hasBuildTools } from './build-tools.js';

if (hasBuildTools()) execSync('npm run build', { stdio: 'inherit' });
else if (!existsSync(new URL('../lib/cli/main.js', import.meta.url))) {
  process.stderr.write(
    'hourglass: not built, because the build tools are development dependencies; to build and then remove them: ' +
      'npm ci && npm prune --omit=dev\n',
  );
}
