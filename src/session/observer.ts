/**
 * What watches a training. The disk, TensorBoard and the caller's events are observers of the same training, which is the
 * same with and without them.
 */
import type { StoredTensors } from '../codecs/sealed.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { OnProgress } from '../evaluation/progress.ts';
import type { Model } from '../model/model.ts';
import type { TrainingEvent } from '../training/index.ts';

export type StepEvent = Extract<TrainingEvent, { type: 'step' }>;
export type EpochEvent = Extract<TrainingEvent, { type: 'epoch' }>;
export type EndEvent = Extract<TrainingEvent, { type: 'end' }>;

/** A run whose model is written and measured. */
export interface MeasuredRun {
  readonly evaluation: Evaluation;
  /** The weights that were kept, and their epoch. */
  readonly weights: StoredTensors;
  readonly keptEpoch: number;
  readonly onProgress: OnProgress;
  /** Where the pictures are that observers made: each adds its own. */
  readonly pictures: string[];
}

/**
 * Each is called after the session's own state has moved on, in the order of the observers, and waited for. An error of
 * any of them ends the run as failed.
 */
export interface Observer {
  /** After each step of the optimiser. */
  step?(event: StepEvent): void | Promise<void>;
  /** The model as it is now: after some epochs, more often at first, and before `epoch` is called for such an epoch. */
  sample?(model: Model, epoch: number): Promise<void>;
  /** After each epoch and its validation. */
  epoch?(event: EpochEvent): void | Promise<void>;
  /** The training has ended: finished, by early stopping, or interrupted. */
  end?(event: EndEvent): void | Promise<void>;
  /** The kept model, once it has been measured; not after an interruption. */
  finish?(model: Model, run: MeasuredRun): Promise<void>;
  /** The last call, also after an error. */
  close?(): void;
}

/** Epochs after which the model is shown to the observers: the first few, then fewer and fewer, and always the last. */
export function isSampled(epoch: number, epochs: number): boolean {
  const digit = epoch / 10 ** Math.floor(Math.log10(epoch));
  return epoch === epochs || [1, 2, 3, 5].includes(digit);
}
