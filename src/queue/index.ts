/**
 * What machines say to each other over a queue: its server, the schemas of what is said, and folders in pieces. The queue is
 * BullMQ, on Redis or PostgreSQL. It knows no sweeps and trains nothing.
 */
export { type QueueAddress, queueAddress } from './address.ts';
export {
  type Job,
  jobSchema,
  type Parcel,
  PIECE,
  type Reply,
  replySchema,
  type ShardJob,
  shardFlagsSchema,
  type TrialJob,
} from './messages.ts';
export { parcelsQueue, repliesQueue, TRIALS_QUEUE } from './names.ts';
export { fetchParcel, pieceOf, piecesOf, putParcel } from './parcels.ts';
export { type Box, connect, type QueueServer, type Taken } from './server.ts';
