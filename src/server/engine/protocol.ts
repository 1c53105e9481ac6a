/** The messages between the main thread and a model's thread: plain data; arrays are transferred, not copied. */

import type { Anomalies, AnomalyOptions, CodeMetric, Model, SampleSource } from '../../api.ts';
import type { ErrorKind, ErrorParts } from '../../errors.ts';
import type { TableEncoding } from '../../tables/index.ts';
import type { FoundNeighbours, ReferenceFacts, ReferenceStart } from './references.ts';

/** `posterior` gives, for each row, the means and then the log-variances of its code. */
export type Operation = 'encode' | 'posterior' | 'decode' | 'reconstruct';

/** What a model's thread is started with. */
export interface ThreadStart {
  folder: string;
  references: ReferenceStart;
  /** The URLs of modules to load first: the model may be of kinds that they add. */
  extensions: readonly string[];
}

/** Work that is joined with no other's: it has more to it than rows. */
export type Call =
  | {
      verb: 'sample';
      count: number;
      seed: number;
      from: SampleSource | undefined;
      first: number;
      /** The class of each, for a conditional model. */
      labels: Uint8Array | null;
    }
  | { verb: 'neighbours'; codes: Float32Array; k: number; metric: CodeMetric }
  | { verb: 'anomaly'; images: Float32Array; reconstructions: Float32Array; options: AnomalyOptions };

export interface CallResults {
  /** Codes, [count, units]: they are decoded in batches, with others'. */
  sample: { codes: Float32Array; from: SampleSource; note: string };
  neighbours: FoundNeighbours;
  anomaly: Pick<Anomalies, 'score' | 'scores' | 'flagged' | 'threshold' | 'masks' | 'contributions'>;
}

export interface BatchRequest {
  operation: Operation;
  /** Whole images or codes, one after the other. */
  rows: Float32Array<ArrayBuffer>;
  /** The class of each, for a conditional model; null for others. */
  labels: Uint8Array | null;
}

/** What the rest of the service knows of a model; its weights stay in their thread. */
export interface ModelFacts
  extends Pick<Model, 'info' | 'statistics' | 'samplers' | 'quantised' | 'diagnosis'> {
  /** How rows become what the model takes; null for a model of images. */
  encoding: TableEncoding | null;
  /** Null if `neighbours` has nothing to search. */
  references: ReferenceFacts | null;
}

export type ThreadMessage =
  | { type: 'ready'; facts: ModelFacts }
  | { type: 'refused'; kind: ErrorKind; parts: ErrorParts }
  | { type: 'result'; rows: Float32Array<ArrayBuffer> }
  | { type: 'called'; result: CallResults[keyof CallResults] }
  | { type: 'failed'; error: unknown };
