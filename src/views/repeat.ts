import { command } from '../command.ts';
import type { Manifest } from '../record/index.ts';

/** The command that, typed in the run's folder, trains the same model again. */
export function repeatCommand({ dataset, seed, threads }: Manifest): string {
  const dataDir = dataset.dataDir === null ? [] : ['--data-dir', dataset.dataDir];
  return command(
    ...['train', 'recipe.json', '--data', dataset.folder ?? dataset.name, ...dataDir],
    ...['--seed', String(seed), '--threads', String(threads), '--out', 'again'],
  );
}
