/**
 * What machines say to each other over a queue: its server, the schemas of what is said, and folders in pieces. The queue is
 * BullMQ, on Redis or PostgreSQL; archives may go by an S3-compatible store. It knows no sweeps and trains nothing.
 */
export { type QueueAddress, queueAddress } from './address.ts';
export {
  GIVEN_FOLDER,
  type Job,
  jobSchema,
  MADE_FOLDER,
  type Parcel,
  PIECE,
  type Reply,
  replySchema,
  type ShardJob,
  shardFlagsSchema,
  type TrialJob,
} from './messages.ts';
export { parcelsQueue, repliesQueue, TRIALS_QUEUE } from './names.ts';
export { type Depot, parcelOf, pieceOf, piecesOf, queueDepot, requireWhole } from './parcels.ts';
export { openStore, type RunStore } from './run-store.ts';
export { type Box, connect, HandBack, type QueueServer, type Taken } from './server.ts';
export { storeAddress } from './store-address.ts';
