/**
 * What is said over a queue, as schemas: both ends check what they read. A job carries settings and no code; it names no
 * file but data, which a worker looks for where it was told that it may.
 */
import * as z from 'zod';

const json = z.json();
const count = z.int().min(0).max(1e9);
const text = (most: number) => z.string().max(most);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Bytes of a piece of a parcel. */
export const PIECE = 512 * 1024;

/** The files of a run as one archive. */
const parcelSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-z-]{1,80}$/),
  bytes: z
    .int()
    .min(1)
    .max(2 ** 40),
  sha256,
});
export type Parcel = z.infer<typeof parcelSchema>;

const sweepId = z.string().regex(/^[0-9a-f]{16}$/);

export const trialJobSchema = z.strictObject({
  format: z.literal('hourglass-trial'),
  version: z.literal(1),
  sweep: sweepId,
  /** The trial's number in its sweep. */
  trial: count,
  /** Larger than that of every earlier job of the trial: what is said of an earlier one is ignored. */
  attempt: z.int().min(1),
  recipe: z.record(text(200), json),
  set: z.record(text(200), json),
  threads: z.int().min(1).max(4096),
  dataDir: text(4096).nullable(),
  offline: z.boolean(),
  measure: z.boolean(),
  test: z.boolean(),
  /** The training images of the asker, where it has them: a worker's must be the same. */
  fingerprint: text(200).nullable(),
  /** A run to continue, in the parcels of the sweep. */
  parcel: parcelSchema.nullable(),
  /** Whether it is to stop after its current step. */
  stop: z.boolean(),
});
export type TrialJob = z.infer<typeof trialJobSchema>;

const figures = z.record(text(100), z.number());
/** Words from a worker are shown in a terminal and recorded. */
const words = text(10_000);

const endSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('finished'), validation: figures, test: figures, epochs: count }),
  z.strictObject({ type: z.literal('stopped') }),
  z.strictObject({
    type: z.literal('failed'),
    kind: z.enum(['usage', 'data', 'run', 'diverged', 'environment', 'interrupted']).nullable(),
    message: words,
  }),
  z.strictObject({ type: z.literal('crashed'), message: words }),
]);

const saidSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('taken'), pid: count.optional() }),
  z.strictObject({ type: z.literal('begun'), epochs: count, epochsBefore: count }),
  z.strictObject({ type: z.literal('step'), epoch: count, share: z.number().min(0).max(1) }),
  z.strictObject({ type: z.literal('epoch'), epoch: count, loss: z.number() }),
  z.strictObject({ type: z.literal('measuring') }),
  z.strictObject({
    type: z.literal('piece'),
    parcel: parcelSchema.shape.id,
    index: count,
    data: z.base64().max(PIECE * 2),
  }),
  z.strictObject({
    type: z.literal('ended'),
    end: endSchema,
    parcel: parcelSchema.nullable(),
    isSetAside: z.boolean(),
  }),
]);

export const replySchema = z.strictObject({
  version: z.literal(1),
  trial: count,
  attempt: z.int().min(1),
  worker: text(200).min(1),
  said: saidSchema,
});
export type Reply = z.infer<typeof replySchema>;
