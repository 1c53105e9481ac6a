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

/** In the store, in the folder of a sweep: what workers made, and what they are given. */
export const MADE_FOLDER = 'made';
export const GIVEN_FOLDER = 'given';

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

const common = {
  version: z.literal(1),
  /** The sweep, or the batch of shards. */
  sweep: sweepId,
  /** The number of the trial, or of the shard. */
  trial: count,
  /** Larger than that of every earlier job of the trial: what is said of an earlier one is ignored. */
  attempt: z.int().min(1),
  /** What goes along, where archives go: a run to continue, or the model of a shard. */
  parcel: parcelSchema.nullable(),
  /** The store that archives go by, which the worker must have by its own setting; null if they go over the queue. */
  store: text(600).nullable(),
  /** Whether it is to stop after its current step. */
  stop: z.boolean(),
};

const trialJobSchema = z.strictObject({
  format: z.literal('hourglass-trial'),
  ...common,
  recipe: z.record(text(200), json),
  set: z.record(text(200), json),
  threads: z.int().min(1).max(4096),
  dataDir: text(4096).nullable(),
  offline: z.boolean(),
  measure: z.boolean(),
  test: z.boolean(),
  /** The training images of the asker, where it has them: a worker's must be the same. */
  fingerprint: text(200).nullable(),
});
export type TrialJob = z.infer<typeof trialJobSchema>;

/** The flags of the commands that a shard's may have; the command itself checks their values. */
export const shardFlagsSchema = z.strictObject({
  posterior: z.boolean().optional(),
  vectors: z.boolean().optional(),
  sparse: z.boolean().optional(),
  samples: count.optional(),
  seed: count.optional(),
  format: text(10).optional(),
  rawCsv: z.boolean().optional(),
  sheet: z.boolean().optional(),
  batch: count.optional(),
  threads: count.optional(),
  onBad: z.enum(['stop', 'skip']).optional(),
  limit: count.optional(),
  fit: text(20).optional(),
  invert: z.boolean().optional(),
  background: count.optional(),
  score: text(20).optional(),
  quantile: z.number().optional(),
  falseAlarms: z.number().optional(),
  threshold: z.number().optional(),
  worst: count.optional(),
  opacity: z.number().optional(),
  label: text(200).optional(),
  normal: text(200).optional(),
  class: text(200).optional(),
});

const shardJobSchema = z.strictObject({
  format: z.literal('hourglass-shard'),
  ...common,
  verb: z.enum(['encode', 'anomaly', 'reconstruct']),
  /** A data set's split, or an absolute path. */
  input: text(4096).regex(/^[^-]/),
  /** The SHA-256 of the input where the asker has that file: a worker's must be the same. */
  fingerprint: sha256.nullable(),
  /** The name of the output. */
  file: z.string().regex(/^(?![.-])[\w.-]{1,200}$/),
  flags: shardFlagsSchema,
});
export type ShardJob = z.infer<typeof shardJobSchema>;

export const jobSchema = z.discriminatedUnion('format', [trialJobSchema, shardJobSchema]);
export type Job = z.infer<typeof jobSchema>;

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
    /** Base64. Its letters are not looked at one by one: the hash of the whole says whether it is right. */
    data: text(PIECE * 2),
  }),
  z.strictObject({
    type: z.literal('ended'),
    end: endSchema,
    parcel: parcelSchema.nullable(),
    /** The store that the parcel is in; null if it came in pieces. */
    store: text(600).nullable(),
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
