/**
 * Failures of the system that a user can act on: a full disk, too little memory, a limit on open files, a permission.
 * Each has a reason in words and a way out. Every layer may import this module.
 */
import { HourglassError } from './errors.ts';
import { MORE_MEMORY, memoryError, notEnough } from './memory-errors.ts';

export interface SystemReason {
  /** Why, as 'the disk is full'. */
  rule: string;
  /** A way out that does not depend on what was done; undefined where there is none but another place. */
  hint: string | undefined;
}

const MORE_FILES = 'raise the limit on open files, as with: ulimit -n 1024';

/** By the code that Node gives an error of the file system. */
const REASONS: Readonly<Record<string, readonly [rule: string, hint?: string]>> = {
  ENOSPC: ['the disk is full'],
  EDQUOT: ['the disk quota is used up'],
  EACCES: ['permission denied'],
  EPERM: ['permission denied'],
  EROFS: ['the file system is read-only'],
  ENOTDIR: ['a part of its path is a file, not a folder'],
  EEXIST: ['a part of its path is a file, not a folder'],
  EISDIR: ['it is a folder'],
  // After the folder was made, as in /proc.
  ENOENT: ['no file can be made in its folder'],
  ENOTEMPTY: ['a folder that is not empty is in its place'],
  ENAMETOOLONG: ['its name is too long'],
  ELOOP: ['its path has links that lead in a circle'],
  EIO: ['the device failed', 'check the disk and its connection'],
  ENXIO: ['the device is not there', 'check the disk and its connection'],
  ENODEV: ['the device is not there', 'check the disk and its connection'],
  ESTALE: ['the network file system has lost it', 'mount the file system again'],
  ETIMEDOUT: ['the file system did not answer in time', 'check the connection to the file system'],
  EBUSY: ['it is in use by the system', 'end the program that uses it'],
  ETXTBSY: ['it is in use by the system', 'end the program that uses it'],
  EXDEV: ['its folder spans two file systems'],
  EINVAL: ['the file system does not support this operation or name'],
  ENOTSUP: ['the file system does not support this operation'],
  EOPNOTSUPP: ['the file system does not support this operation'],
  ENOSYS: ['the file system does not support this operation'],
  EFBIG: ['it exceeds the largest file size', 'raise the limit on file sizes: ulimit -f unlimited'],
  EOVERFLOW: ['it is too large for this system'],
  EMLINK: ['it has too many links'],
  EMFILE: ['this process has too many open files', MORE_FILES],
  ENFILE: ['the system has too many open files', 'end other programs, then try again'],
  ENOMEM: ['there is not enough memory', MORE_MEMORY],
  EAGAIN: [
    'the system has no more threads, processes or memory to give',
    'end other programs, or raise ulimit -u',
  ],
};

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** Whether an error says that there is no such file. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

/** Why the system refused; undefined for an error that is not known to come from it. */
export function systemReason(error: unknown): SystemReason | undefined {
  const code = codeOf(error);
  if (code === 'ERR_ACCESS_DENIED') return deniedBy(error as { permission?: string; resource?: string });
  const known = code === undefined || !Object.hasOwn(REASONS, code) ? undefined : REASONS[code];
  return known === undefined ? undefined : { rule: known[0], hint: known[1] };
}

/** The flags of Node's permission model, by what they allow. */
const FLAGS: Readonly<Record<string, string>> = {
  WorkerThreads: '--allow-worker',
  ChildProcess: '--allow-child-process',
  FileSystemRead: '--allow-fs-read',
  FileSystemWrite: '--allow-fs-write',
  Net: '--allow-net',
  WASI: '--allow-wasi',
};

function deniedBy({ permission = '', resource }: { permission?: string; resource?: string }): SystemReason {
  const flag = Object.hasOwn(FLAGS, permission)
    ? FLAGS[permission]
    : '--allow-worker, --allow-fs-read and such';
  const path = permission.startsWith('FileSystem') && resource ? `=${resource}` : '';
  return { rule: `Node's permission model does not allow it`, hint: `start Node with ${flag}${path}` };
}

/**
 * A failure of the system as an expected error, where that is what `error` is. Any other comes back as it is: it is a
 * bug, and keeps its stack.
 */
export function expectedError(error: unknown): unknown {
  if (error instanceof HourglassError || !(error instanceof Error)) return error;
  const environment = (subject: string, { rule, hint }: SystemReason) =>
    new HourglassError(
      'environment',
      { subject, rule, ...(hint === undefined ? {} : { hint }) },
      { cause: error },
    );
  const code = codeOf(error);
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || code === 'ERR_WORKER_INIT_FAILED') return notEnough(error);
  const ofMemory = memoryError(error);
  if (ofMemory !== undefined) return ofMemory;
  if (code === 'ERR_ACCESS_DENIED') {
    const { permission } = error as { permission?: string };
    return environment(permission || 'a permission', systemReason(error)!);
  }
  const { syscall, path, errno } = error as { syscall?: string; path?: string; errno?: number };
  // An error that the system gave has its number; one of our own code does not.
  if (errno === undefined || syscall === undefined) return error;
  const reason = systemReason(error);
  if (reason === undefined) return error;
  const what = path ?? 'the system';
  return environment(what, { rule: `${syscall} failed: ${reason.rule}`, hint: reason.hint });
}

/** What `work` gives; a failure of the system in it is thrown as an expected error. */
export async function expectingFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw expectedError(error);
  }
}
