/** Where a training's files are: in memory, or in the storage of the browser. */
import { HourglassError } from '../../errors.ts';
import {
  HELD,
  type Hold,
  LARGEST_TENSOR_FILE,
  MANIFEST_FILE,
  memoryFiles,
  type RunFiles,
} from '../../record/index.ts';
import {
  clearTraining,
  holdTraining,
  lasting,
  readTraining,
  requireKept,
  storedFiles,
} from '../storage/index.ts';

export interface Place {
  readonly files: RunFiles;
  readonly hold: Hold;
  /** Whether the browser keeps all of them. */
  isKept(): boolean;
  /** All of them. */
  contents(): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** Files in memory, those of an earlier training to begin with. */
export function placeInMemory(before: ReadonlyMap<string, Uint8Array> = new Map()): Place {
  const contents = new Map(before);
  return {
    files: memoryFiles('run', contents),
    hold: HELD,
    isKept: () => false,
    contents: async () => contents,
  };
}

/**
 * The storage of the browser, for a training that begins.
 * @throws HourglassError of kind 'run' if it keeps one of this name, or another page trains under it.
 */
export async function placeToKeep(name: string, emit: (event: unknown) => void): Promise<Place> {
  const files = storedFiles(name);
  const hold = await holdTraining(name);
  if ((await files.read(MANIFEST_FILE, LARGEST_TENSOR_FILE)) !== null) {
    throw new HourglassError('run', {
      subject: `training '${name}'`,
      rule: 'is kept by this browser already',
      hint: 'resume it (resumeTraining), delete it (deleteTraining), or keep this one under another name',
    });
  }
  // What a page that was closed before its training began has left.
  await clearTraining(name);
  return lastingPlace(files, { hold, emit, isNew: true });
}

/**
 * The storage of the browser, with a training to resume.
 * @throws HourglassError of kind 'run' if it keeps none of this name, or another page trains it.
 */
export async function keptBefore(name: string, emit: (event: unknown) => void): Promise<Place> {
  const hold = await holdTraining(name);
  await requireKept(name);
  return lastingPlace(storedFiles(name), { hold, emit, isNew: false });
}

function lastingPlace(
  kept: RunFiles,
  { hold, emit, isNew }: { hold: Hold; emit: (event: unknown) => void; isNew: boolean },
): Place {
  const files = lasting(kept, isNew, ({ message }) =>
    emit({
      type: 'warning',
      message: `${message}. The training goes on in memory: the browser keeps it as it was before, and the result has all files`,
    }),
  );
  return {
    ...{ files, hold, isKept: files.isKept },
    async contents() {
      const all = new Map((await readTraining(kept.place)).files);
      for (const [name, bytes] of files.changes()) {
        if (bytes === null) all.delete(name);
        else all.set(name, bytes);
      }
      return all;
    },
  };
}
