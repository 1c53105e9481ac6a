/** How far the runs of a tour have got. */
import { useEffect, useState } from 'preact/hooks';
import type { RunState } from '../../../src/studio/protocol.ts';
import type { Host } from '../../host/host.ts';

export interface Progress {
  readonly state: RunState | 'unknown';
  readonly epoch: number;
  readonly epochs: number;
  readonly problem: string | null;
}

const UNKNOWN: Progress = { state: 'unknown', epoch: 0, epochs: 0, problem: null };

/** Of the run with this id; null without one. */
export function useProgress(host: Host, id: string | null): Progress | null {
  const [progress, setProgress] = useState<Progress>(UNKNOWN);
  useEffect(() => {
    setProgress(UNKNOWN);
    if (id === null) return;
    return host.follow(id, (message) => {
      setProgress((before) => {
        if (message.type === 'failed') return { ...before, state: 'failed', problem: message.message };
        if (message.type === 'state') return { ...before, state: message.state };
        if (message.type !== 'event') return before;
        const { event } = message;
        if (event.type === 'start') return { ...before, epochs: event.epochs, epoch: event.epochsBefore };
        if (event.type === 'epoch') return { ...before, epoch: event.row.epoch };
        return before;
      });
    });
  }, [host, id]);
  return id === null ? null : progress;
}

export const isUsable = (progress: Progress | null): boolean => progress?.state === 'finished';

/** In a sentence, while there is something to wait for. */
export function progressWords(progress: Progress): string {
  switch (progress.state) {
    case 'finished':
      return 'The model is trained.';
    case 'evaluating':
      return 'The model is trained and is being measured …';
    case 'failed':
      return `The training failed${progress.problem === null ? '' : `: ${progress.problem}`}. Train it again.`;
    case 'stopped':
      return 'The training was stopped. Train it again, or continue it under Train.';
    case 'paused':
      return 'The training is paused. Continue it under Train.';
    case 'running':
      return progress.epochs === 0
        ? 'It is training …'
        : `It is training: ${progress.epoch} of ${progress.epochs} epochs are done.`;
    default:
      return 'Waiting for the training …';
  }
}
