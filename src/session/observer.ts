/**
 * What watches a training. The disk, TensorBoard and the caller's events are observers of the same training, which is the
 * same with and without them.
 */
import type { Model } from '../model/model.ts';
import type { TrainingEvent } from '../training/index.ts';

export type StepEvent = Extract<TrainingEvent, { type: 'step' }>;
export type EpochEvent = Extract<TrainingEvent, { type: 'epoch' }>;
export type EndEvent = Extract<TrainingEvent, { type: 'end' }>;

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
  finish?(model: Model): Promise<void>;
  /** The last call, also after an error. */
  close?(): void;
}
