/** The Python that some tests compare with: HOURGLASS_PYTHON. */
import { spawnSync } from 'node:child_process';

export const PYTHON = process.env.HOURGLASS_PYTHON;

/** Why it cannot be used with these packages; undefined where it can. They are found, not imported, which takes seconds. */
export function lacking(...packages: string[]): string | undefined {
  if (PYTHON === undefined) return 'HOURGLASS_PYTHON names no Python';
  const script = `import importlib.util as u, sys; sys.exit(not all(u.find_spec(n) for n in sys.argv[1:]))`;
  const { status } = spawnSync(PYTHON, ['-c', script, ...packages]);
  return status === 0 ? undefined : `${PYTHON} lacks one of ${packages.join(', ')}`;
}
