/** Archives that one machine leaves for another: on the queue, in pieces that no worker takes, or in a store of runs. */
import { createHash } from 'node:crypto';
import { HourglassError } from '../errors.ts';
import { type Parcel, PIECE } from './messages.ts';
import type { Box } from './server.ts';

/** Where archives are left, by names that are free of slashes. */
export interface Depot {
  put(id: string, bytes: Uint8Array): Promise<Parcel>;
  /**
   * @param most bytes that are taken.
   * @throws HourglassError (run) if it is gone or damaged.
   */
  fetch(parcel: Parcel, most: number): Promise<Uint8Array>;
  /** One that is gone is no problem. */
  remove(id: string): Promise<void>;
}

export const pieceOf = (bytes: Uint8Array, index: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .subarray(index * PIECE, (index + 1) * PIECE)
    .toString('base64');

export const piecesOf = ({ bytes }: Pick<Parcel, 'bytes'>): number => Math.ceil(bytes / PIECE);

export const parcelOf = (id: string, bytes: Uint8Array): Parcel => ({
  id,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** @throws HourglassError (run) if they are other bytes than those of the parcel. */
export function requireWhole(bytes: Uint8Array, parcel: Parcel): Uint8Array {
  if (createHash('sha256').update(bytes).digest('hex') === parcel.sha256) return bytes;
  throw new HourglassError('run', { subject: 'an archive', rule: 'arrived damaged' });
}

/** @throws HourglassError (run) for one that is larger than is taken. */
export function requireSmall({ bytes }: Parcel, most: number): void {
  if (bytes <= most) return;
  throw new HourglassError('run', {
    subject: 'an archive',
    rule: `is larger than the ${most} bytes that are taken`,
    got: bytes,
  });
}

/** On a queue of its own, which is removed with all that is in it. */
export function queueDepot(box: Box): Depot {
  const nameOf = (id: string, index: number): string => `${id}-${index}`;
  return {
    async put(id, bytes) {
      const parcel = parcelOf(id, bytes);
      for (let i = 0; i < piecesOf(parcel); i++)
        await box.put('piece', { data: pieceOf(bytes, i) }, nameOf(id, i));
      return parcel;
    },
    async fetch(parcel, most) {
      requireSmall(parcel, most);
      const pieces: Buffer[] = [];
      for (let i = 0; i < piecesOf(parcel); i++) {
        const found = (await box.look(nameOf(parcel.id, i))) as { data?: unknown } | null;
        if (typeof found?.data !== 'string')
          throw new HourglassError('run', { subject: 'an archive', rule: 'is no longer on the queue' });
        pieces.push(Buffer.from(found.data, 'base64'));
      }
      return requireWhole(Buffer.concat(pieces), parcel);
    },
    remove: async () => {},
  };
}
