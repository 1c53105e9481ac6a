/**
 * What watches a training. The disk, TensorBoard and the caller's events are observers of the same training, which is the
 * same with and without them.
 */
import type { StoredTensors } from '../codecs/sealed.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { OnProgress } from '../evaluation/progress.ts';
import type { Model } from '../model/model.ts';
import type { LiveModel, NamedTensor, TrainingEvent } from '../training/index.ts';

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

/** Where a training waits. */
export interface Pause {
  /** The epoch of the next step, from 1. */
  readonly epoch: number;
  /** Steps that were made. */
  readonly step: number;
  /** How long it waits; infinite until it is told to go on. */
  readonly milliseconds: number;
}

/** The model as it is at this moment, until the observer returns. */
export type Look = () => Promise<Looked>;

export interface Looked extends Pick<LiveModel, 'encode' | 'decode'> {
  /** Weights and running statistics by name. */
  readonly weights: ReadonlyMap<string, NamedTensor>;
}

/**
 * Each is called after the session's own state has moved on, in the order of the observers, and waited for. An error of
 * any of them ends the run as failed.
 */
export interface Observer {
  /**
   * After each step of the optimiser.
   * @param look gives the model as it is now; it takes some time at the first call, and little later.
   */
  step?(event: StepEvent, look: Look): void | Promise<void>;
  /** The training waits before its next step, also before its first one. */
  wait?(pause: Pause, look: Look): void | Promise<void>;
  /** The model as it is now: after some epochs, more often at first, and before `epoch` is called for such an epoch. */
  sample?(model: Model, epoch: number): Promise<void>;
  /** After each epoch and its validation. */
  epoch?(event: EpochEvent): void | Promise<void>;
  /** The training has ended: finished, by early stopping, or interrupted. */
  end?(event: EndEvent, look: Look): void | Promise<void>;
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
