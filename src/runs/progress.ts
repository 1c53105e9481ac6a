/** The progress of the work after a training, reported at a limited rate. */
import type { RunEvent } from './events.ts';

/** What is being done, in words for people, and the share of it that is done, 0 to 1. */
export type OnProgress = (phase: string, share: number) => void;

export const SILENT: OnProgress = () => {};

/** The shortest time between two reports, in milliseconds. */
export const PROGRESS_INTERVAL = 100;

/** Events of a run's measuring: one when a phase begins, then one now and then. */
export function measuringEvents(emit: (event: RunEvent) => void): OnProgress {
  let current = '';
  let told = 0;
  return (phase, share) => {
    if (phase === current && performance.now() - told < PROGRESS_INTERVAL) return;
    current = phase;
    told = performance.now();
    emit({ type: 'measuring', phase, share });
  };
}

/** Pieces as they come, with the share of all values that has been taken. */
export function* counted(
  pieces: Iterable<Float32Array>,
  values: number,
  onShare: (share: number) => void,
): Iterable<Float32Array> {
  let taken = 0;
  for (const piece of pieces) {
    onShare(taken / values);
    yield piece;
    taken += piece.length;
  }
}
