/** The workplace of a sweep: processes here, or the workers of a queue. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import type { QueueServer, RunStore } from '../../queue/index.ts';
import { readTextIfThere } from '../../read-file.ts';
import { extensionUrls } from '../../session/index.ts';
import { writeWhole } from '../../store/index.ts';
import { Pool } from './pool.ts';
import type { QueuePlace } from './queue-place.ts';
import type { Workplace } from './workplace.ts';

/** Mebibytes of a run's files. */
export const LARGEST_RUN = 1024;

export interface OpenedPlace {
  readonly workplace: Workplace;
  /** Where the queue is, without credentials; null for processes here. */
  readonly queue: string | null;
  /** @param isOver whether every trial has ended or was stopped. */
  close(isOver: boolean): Promise<void>;
}

interface OpenedQueue {
  readonly queue: string;
  readonly place: QueuePlace;
  readonly server: QueueServer;
  readonly store: RunStore | null;
  /** What the sweep is called there. */
  readonly id: string;
}

export function openPool(parallel: number): OpenedPlace {
  const workplace = new Pool(parallel);
  return { workplace, queue: null, close: async () => workplace.close() };
}

/** Where workers are found, and by what their archives come back. */
export interface QueueAddresses {
  /** '' for that in HOURGLASS_QUEUE. */
  readonly queue: string;
  /** By a store of runs; '' for that in HOURGLASS_STORE, undefined for the queue itself. */
  readonly store?: string | undefined;
}

/**
 * @param isDone whether a trial needs no more.
 * @throws HourglassError (environment) if the queue or the store cannot be used.
 */
export async function openQueue(
  folder: string,
  given: QueueAddresses,
  most: number,
  { isDone, warn }: { isDone: (trial: number) => boolean; warn: (message: string) => void },
): Promise<OpenedPlace & OpenedQueue> {
  if (extensionUrls().length > 0)
    warn('jobs carry no code: every worker must be started with the same --extension');
  const { connect, openStore, queueAddress, storeAddress } = await import('../../queue/index.ts');
  const { QueuePlace } = await import('./queue-place.ts');
  const address = queueAddress(given.queue || undefined);
  const storePlace = given.store === undefined ? null : storeAddress(given.store || undefined);
  const waiting = (what: string) => (isAway: boolean, why: string) =>
    warn(isAway ? `${what} does not answer (${why}); waiting for it` : `${what} answers again`);
  const store = storePlace && (await openStore(storePlace, waiting(`the store ${storePlace.shown}`)));
  const server = await connect(address, waiting(`the queue at ${address.shown}`));
  try {
    const id = await queueId(folder);
    const place = new QueuePlace({ folder, id, server, store, most, largest: LARGEST_RUN * 2 ** 20, warn });
    await place.begin(isDone);
    return {
      ...{ workplace: place, queue: address.shown, place, server, store, id },
      async close(isOver) {
        await place.close(isOver).finally(() => server.close());
        store?.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

const idSchema = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });

/** What the sweep is called on queues: the same whenever it is continued. */
async function queueId(folder: string): Promise<string> {
  const file = join(folder, 'queue.json');
  const text = await readTextIfThere(file, { most: 10_000 });
  if (text !== null) {
    try {
      return idSchema.parse(JSON.parse(text)).id;
    } catch (cause) {
      throw new HourglassError('run', { subject: file, rule: 'is damaged' }, { cause });
    }
  }
  const id = randomBytes(8).toString('hex');
  await writeWhole(file, `${JSON.stringify({ id })}\n`);
  return id;
}
