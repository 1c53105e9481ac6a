/** Files that a failing storage does not end a training for: from then on they are in memory. */
import { HourglassError } from '../../errors.ts';
import { memoryFiles, type RunFiles } from '../../record/index.ts';

export interface LastingFiles extends RunFiles {
  /** Whether `kept` has all that was written. */
  isKept(): boolean;
  /** Over what `kept` has, by name: null for a file that was removed. */
  changes(): Map<string, Uint8Array | null>;
}

/**
 * The files in `kept`. After the first write that fails, `kept` stays as it is, a state from which the training can be
 * resumed; everything that follows is in memory.
 * @param isNew a failure of its very first write is thrown: nothing has been trained.
 * @param onFailure is called once, with the reason.
 */
export function lasting(
  kept: RunFiles,
  isNew: boolean,
  onFailure: (reason: HourglassError) => void,
): LastingFiles {
  const { place, placeOf } = kept;
  const written = new Map<string, Uint8Array>();
  const memory = memoryFiles(place, written);
  const removed = new Set<string>();
  let hasBegun = !isNew;
  let hasFailed = false;

  return {
    place,
    placeOf,
    async read(name, most) {
      if (removed.has(name)) return null;
      return (hasFailed ? await memory.read(name, most) : null) ?? kept.read(name, most);
    },
    async write(name, content) {
      if (!hasFailed) {
        try {
          await kept.write(name, content);
          hasBegun = true;
          return;
        } catch (error) {
          if (!hasBegun || !(error instanceof HourglassError)) throw error;
          hasFailed = true;
          onFailure(error);
        }
      }
      removed.delete(name);
      await memory.write(name, content);
    },
    async list(folder) {
      const names = new Set([...(await kept.list(folder)), ...(await memory.list(folder))]);
      return [...names].filter((name) => !removed.has(`${folder}/${name}`));
    },
    async remove(name) {
      if (!hasFailed) return kept.remove(name);
      removed.add(name);
      return memory.remove(name);
    },
    isKept: () => !hasFailed,
    changes: () => new Map([...[...removed].map((name) => [name, null] as const), ...written]),
  };
}
