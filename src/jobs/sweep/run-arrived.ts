/** A run that another machine trained becomes one of this machine. */
import { join } from 'node:path';
import { CHECKPOINTS, MANIFEST_FILE } from '../../record/index.ts';
import { makeFolder, readManifest, writeWhole } from '../../store/index.ts';

/** Its data are looked for where this machine has them. */
export async function claimArrived(folder: string, dataDir: string | null): Promise<void> {
  // A folder that is empty is in no archive.
  await makeFolder(join(folder, CHECKPOINTS));
  const manifest = await readManifest(folder);
  if (manifest.dataset.dataDir === dataDir) return;
  const changed = { ...manifest, dataset: { ...manifest.dataset, dataDir } };
  await writeWhole(join(folder, MANIFEST_FILE), `${JSON.stringify(changed, null, 2)}\n`);
}
