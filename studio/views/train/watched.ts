/** All that is known of one run, as it arrives: kept small however long the run, and shown once a frame. */
import { useEffect, useState } from 'preact/hooks';
import type { RunMessage, RunState, Snapshot } from '../../../src/studio/protocol.ts';
import type { Host } from '../../host/host.ts';
import { Pace } from './pace.ts';

type Event = Extract<RunMessage, { type: 'event' }>['event'];
type Of<T extends Event['type']> = Extract<Event, { type: T }>;

export interface Watched {
  header: Of<'start'> | null;
  rows: Of<'epoch'>['row'][];
  step: Of<'step'> | null;
  /** The mean loss of the epoch so far, at fractions of an epoch. */
  running: { readonly x: number[]; readonly y: number[] };
  snapshot: Snapshot | null;
  state: RunState;
  measuring: string | null;
  finished: Of<'finished'> | null;
  warnings: string[];
  /** Steps a second at most; null at full speed. */
  speed: number | null;
  rates: { step: number; learningRate: number }[];
  problem: string | null;
}

/** Points within epochs: every second one goes where there are more. */
const MOST_POINTS = 1000;

const nothing = (): Watched => ({
  ...{ header: null, rows: [], step: null, running: { x: [], y: [] }, snapshot: null, state: 'waiting' },
  ...{ measuring: null, finished: null, warnings: [], rates: [], problem: null, speed: null },
});

function take(watched: Watched, message: RunMessage): void {
  switch (message.type) {
    case 'snapshot':
      watched.snapshot = message.snapshot;
      return;
    case 'state':
      watched.state = message.state;
      if (message.state !== 'failed') watched.problem = null;
      return;
    case 'speed':
      watched.speed = message.stepsPerSecond;
      return;
    case 'failed':
      watched.problem = message.message;
      return;
    case 'event':
      takeEvent(watched, message.event);
  }
}

function takeEvent(watched: Watched, event: Event): void {
  switch (event.type) {
    case 'start':
      watched.header = event;
      // Steps of a server that was there before say nothing of how far it is now.
      watched.step = null;
      watched.rows = watched.rows.filter(({ epoch }) => epoch <= event.epochsBefore);
      return;
    case 'step': {
      watched.step = event;
      const { x, y } = watched.running;
      x.push(event.epoch - 1 + event.step / event.steps);
      y.push(event.trainingLoss);
      if (x.length <= MOST_POINTS) return;
      watched.running = { x: x.filter((_, i) => i % 2 === 0), y: y.filter((_, i) => i % 2 === 0) };
      return;
    }
    case 'epoch':
      if ((watched.rows.at(-1)?.epoch ?? 0) < event.row.epoch) watched.rows.push(event.row);
      return;
    case 'learning-rate':
      // A connection that was lost and found again repeats what there was.
      if (!watched.rates.some(({ step }) => step === event.step)) watched.rates.push(event);
      return;
    case 'measuring':
      watched.measuring = event.phase;
      return;
    case 'finished':
      watched.finished = event;
      return;
    case 'warning':
      if (!watched.warnings.includes(event.message)) watched.warnings.push(event.message);
  }
}

/** Follows a run while the component is shown. */
export function useRun(host: Host, id: string): Watched {
  const [shown, show] = useState<Watched>(nothing);
  useEffect(() => {
    const watched = nothing();
    const pace = new Pace();
    let [frame, timer] = [0, 0];
    // A page in the background has no frames, and shows nothing.
    const draw = () => {
      frame = 0;
      pace.begin();
      show({ ...watched });
    };
    const drawLater = () => {
      timer = 0;
      frame = requestAnimationFrame(draw);
    };
    const end = host.follow(id, (message) => {
      take(watched, message);
      // What a person asked for is shown at once.
      if (message.type === 'state' || message.type === 'speed') {
        clearTimeout(timer);
        timer = 0;
      }
      if (frame !== 0 || timer !== 0) return;
      const isAtFullSpeed = watched.state === 'running' && watched.speed === null;
      timer = window.setTimeout(drawLater, pace.wait(isAtFullSpeed));
    });
    return () => {
      end();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [host, id]);
  return shown;
}
