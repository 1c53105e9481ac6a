/** What the main thread and a model's thread say to one another: plain data, arrays handed over and not copied. */
import type { ErrorKind, ErrorParts } from '../../errors.ts';
import type { Model } from '../../runs/index.ts';

export type Operation = 'encode' | 'decode' | 'reconstruct';

/** What a model's thread is started with. */
export interface ThreadStart {
  folder: string;
}

export interface BatchRequest {
  operation: Operation;
  /** Whole images or codes, one after the other. */
  rows: Float32Array<ArrayBuffer>;
}

/** What the rest of the service knows of a model; its weights stay in their thread. */
export type ModelFacts = Pick<Model, 'info'>;

export type ThreadMessage =
  | { type: 'ready'; facts: ModelFacts }
  | { type: 'refused'; kind: ErrorKind; parts: ErrorParts }
  | { type: 'result'; rows: Float32Array<ArrayBuffer> }
  | { type: 'failed'; error: unknown };
