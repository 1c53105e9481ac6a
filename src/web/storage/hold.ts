/** The right to write a kept training, as a lock of the browser: it ends with the worker that has it, however that ends. */
import { HourglassError } from '../../errors.ts';
import type { Hold } from '../../record/index.ts';

const lockOf = (name: string) => `hourglass training ${name}`;

/** How long to wait for a lock: after a page is loaded again, the worker of the page before may live a moment longer. */
const PATIENCE_MS = 2000;

/** @throws HourglassError of kind 'run' if another page, or another training of this one, has it. */
export async function holdTraining(name: string): Promise<Hold> {
  let release = () => {};
  const over = new Promise<void>((end) => {
    release = end;
  });
  const locks = requireLocks();
  await new Promise<void>((resolve, reject) => {
    const use = () => {
      resolve();
      return over;
    };
    locks.request(lockOf(name), { signal: AbortSignal.timeout(PATIENCE_MS) }, use).catch((error) => {
      const isLate = error.name === 'TimeoutError' || error.name === 'AbortError';
      reject(isLate ? inUse(name) : error);
    });
  });
  return { requireHeld: async () => {}, release: async () => release() };
}

/** Whether a training is under way. */
export async function isHeld(name: string): Promise<boolean> {
  const { held = [] } = await requireLocks().query();
  return held.some((lock) => lock.name === lockOf(name));
}

/** Runs `use` with the lock. @throws HourglassError of kind 'run' if a training has it. */
export async function whileHeld<T>(name: string, use: () => Promise<T>): Promise<T> {
  const hold = await holdTraining(name);
  try {
    return await use();
  } finally {
    await hold.release();
  }
}

function requireLocks(): PageLocks {
  if (navigator.locks !== undefined) return navigator.locks;
  throw new HourglassError('environment', {
    subject: 'storage',
    rule: 'the browser gives this page no locks, so that two pages could spoil a training that is kept',
    hint: 'open the page with HTTPS, or train without `keep`',
  });
}

const inUse = (name: string) =>
  new HourglassError('run', {
    subject: `training '${name}'`,
    rule: 'is under way, in this page or another one of the site',
    hint: 'wait until it has ended, or stop it there',
  });
