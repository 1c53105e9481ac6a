/** What a worker is to do, and what becomes of the files that it sends back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Depot, Job, TrialJob } from '../../queue/index.ts';
import { MANIFEST_FILE } from '../../record/index.ts';
import { packFolder, unpackFolder } from '../../store/index.ts';
import { fingerprintFor } from './fingerprint.ts';
import { claimArrived } from './run-arrived.ts';
import type { TrialStart } from './trial-messages.ts';

type Placed = 'version' | 'sweep' | 'trial' | 'attempt' | 'store' | 'stop';
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export interface QueueTask {
  /** Where its files go. */
  readonly out: string;
  /** Its job, but for its place; what goes with it is left under a name that begins with `id`. */
  about(id: string): Promise<Without<Job, Placed>>;
  /** Whether a store keeps the archive once it is here. */
  readonly isKept: boolean;
  /** Takes the archive of its files. */
  arrive(archive: Uint8Array): Promise<void>;
}

/** A trial: its run is sent along if it is to be continued, and comes back. */
export function trialTask(start: TrialStart, given: Depot, largest: number): QueueTask {
  const { out, recipe, set, threads, dataDir, offline, measure, test } = start;
  return {
    out,
    isKept: true,
    async about(id) {
      const isThere = existsSync(join(out, MANIFEST_FILE));
      return {
        format: 'hourglass-trial',
        recipe: recipe as TrialJob['recipe'],
        set: set as TrialJob['set'],
        ...{ threads, dataDir, offline, measure, test },
        fingerprint: await fingerprintFor(start),
        parcel: isThere ? await given.put(id, await packFolder(out, largest)) : null,
      };
    },
    async arrive(archive) {
      await unpackFolder(archive, out, largest);
      await claimArrived(out, dataDir);
    },
  };
}
