/** Archives in pieces: jobs that no worker takes, fetched by their names. */
import { createHash } from 'node:crypto';
import { HourglassError } from '../errors.ts';
import { type Parcel, PIECE } from './messages.ts';
import type { Box } from './server.ts';

export const pieceOf = (bytes: Uint8Array, index: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .subarray(index * PIECE, (index + 1) * PIECE)
    .toString('base64');

export const piecesOf = ({ bytes }: Pick<Parcel, 'bytes'>): number => Math.ceil(bytes / PIECE);

const nameOf = ({ id }: Parcel, index: number): string => `${id}-${index}`;

/** Leaves an archive for a worker. */
export async function putParcel(box: Box, id: string, bytes: Uint8Array): Promise<Parcel> {
  const parcel = { id, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  for (let i = 0; i < piecesOf(parcel); i++)
    await box.put('piece', { data: pieceOf(bytes, i) }, nameOf(parcel, i));
  return parcel;
}

/** @throws HourglassError (run) if it is gone or damaged. */
export async function fetchParcel(box: Box, parcel: Parcel, most: number): Promise<Uint8Array> {
  const wrong = (rule: string) => new HourglassError('run', { subject: 'the run to continue', rule });
  if (parcel.bytes > most) throw wrong(`is larger than a worker takes, ${most} bytes`);
  const pieces: Buffer[] = [];
  for (let i = 0; i < piecesOf(parcel); i++) {
    const found = (await box.look(nameOf(parcel, i))) as { data?: unknown } | null;
    if (typeof found?.data !== 'string') throw wrong('is no longer on the queue');
    pieces.push(Buffer.from(found.data, 'base64'));
  }
  const bytes = Buffer.concat(pieces);
  if (createHash('sha256').update(bytes).digest('hex') !== parcel.sha256) throw wrong('arrived damaged');
  return bytes;
}
