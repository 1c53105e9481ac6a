/** The folder of a training in the origin's private file system, and why there is none. */
import { HourglassError } from '../../errors.ts';

const FOLDER = 'hourglass-trainings';
const LONGEST_NAME = 60;

/** The name of the exception of a browser, such as `NotFoundError`. */
export const nameOf = (error: unknown): string => (error as { name?: string } | null)?.name ?? '';

/**
 * All trainings.
 * @throws HourglassError of kind 'environment' if the browser gives the page no storage.
 */
export async function trainingsFolder(): Promise<FileSystemDirectoryHandle> {
  let reason = 'it has no origin private file system';
  try {
    const root = await navigator.storage?.getDirectory?.();
    if (root !== undefined) return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch (error) {
    reason = (error as Error).message;
  }
  throw new HourglassError('environment', {
    subject: 'storage',
    rule: `the browser gives this page none (${reason})`,
    hint: 'open it with HTTPS and not in a private window, or train without `keep` and save the files of the result',
  });
}

/**
 * The name of a training's folder.
 * @throws HourglassError of kind 'usage' for a name that cannot be one.
 */
export function folderNameOf(name: string): string {
  const isText = typeof name === 'string' && name.trim() !== '' && name.length <= LONGEST_NAME;
  // A lone surrogate has no UTF-8.
  if (isText && !/\p{Surrogate}/u.test(name)) return `t-${encodeURIComponent(name)}`;
  throw new HourglassError('usage', {
    subject: 'name of a training',
    rule: `must be a text of 1 to ${LONGEST_NAME} characters`,
    got: name,
  });
}

/** The name of a training, from the name of its folder; null if it is none. */
export function trainingNameOf(folder: string): string | null {
  return folder.startsWith('t-') ? decodeURIComponent(folder.slice(2)) : null;
}

/** A training's folder; null if it is not kept. */
export async function folderOf(name: string): Promise<FileSystemDirectoryHandle | null> {
  const folder = folderNameOf(name);
  try {
    return await (await trainingsFolder()).getDirectoryHandle(folder);
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return null;
    throw error;
  }
}

/** A failure of the storage in words; any other error comes back as it is. */
export function inWords(error: unknown, place: string): unknown {
  const failed = (rule: string, hint: string) =>
    new HourglassError('run', { subject: place, rule, hint }, { cause: error });
  switch (nameOf(error)) {
    case 'QuotaExceededError':
      return failed(
        'cannot be written: the storage that the browser gives this page is full',
        'delete trainings that are no longer needed (listTrainings, deleteTraining), or free space on the disk',
      );
    case 'NoModificationAllowedError':
    case 'InvalidStateError':
    case 'NotAllowedError':
    case 'SecurityError':
    case 'NotReadableError':
    case 'NotFoundError':
      return failed(
        `the storage failed (${(error as Error).message})`,
        'see whether the data of the site was cleared, and whether the page may keep data',
      );
    default:
      return error;
  }
}
