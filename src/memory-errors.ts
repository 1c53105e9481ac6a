/** Too little memory, as an error that a user can act on. Every layer may import this module. */
import { HourglassError } from './errors.ts';

export const MORE_MEMORY =
  'end other programs, raise the limit on memory (ulimit -v), or take smaller images or a smaller model';

/** What engines say when they cannot get memory. */
const NO_MEMORY = /could not allocate memory|allocation failed|out of memory|bad_alloc|failed to allocate/i;

/** The expected error if this one says that memory is short; otherwise undefined. */
export function memoryError(error: unknown): HourglassError | undefined {
  if (error instanceof HourglassError || !(error instanceof Error) || !NO_MEMORY.test(error.message)) return;
  return notEnough(error);
}

export const notEnough = (cause: Error): HourglassError =>
  new HourglassError(
    'environment',
    {
      subject: 'memory',
      rule: `is not enough (${cause.message.trim().split('\n')[0]!.slice(0, 200)})`,
      hint: MORE_MEMORY,
    },
    { cause },
  );

/** What `work` gives; if it lacks memory, it throws an expected error. */
export async function expectingShortMemory<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw memoryError(error) ?? error;
  }
}
