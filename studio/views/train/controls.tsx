/** What one can tell a run while it trains. */
import { useState } from 'preact/hooks';
import type { Command } from '../../../src/studio/protocol.ts';
import type { Host } from '../../host/host.ts';
import { shortNumber } from '../../parts/numbers.ts';
import type { Watched } from './watched.ts';

const SPEEDS = [
  { value: '', label: 'full speed' },
  { value: '10', label: '10 steps a second' },
  { value: '3', label: '3 steps a second' },
  { value: '1', label: '1 step a second' },
];

export interface ControlsProps {
  readonly host: Host;
  readonly id: string;
  readonly watched: Watched;
  /** Trains the same settings again, with the same seed or another one. */
  readonly onAgain: (isNewSeed: boolean) => void;
  readonly onResumed: () => void;
}

export function Controls({ host, id, watched, onAgain, onResumed }: ControlsProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const { state } = watched;
  const trying = (work: Promise<void>) => {
    setProblem(null);
    work.catch((error: Error) => setProblem(error.message));
  };
  const tell = (command: Command) => trying(host.command(id, command));
  const isTraining = state === 'running' || state === 'paused';
  return (
    <>
      <fieldset class="controls">
        <legend class="unseen">The training</legend>
        {state === 'running' && (
          <button type="button" class="main" onClick={() => tell({ type: 'pause' })}>
            <Icon of="pause" /> Pause
          </button>
        )}
        {state === 'paused' && (
          <button type="button" class="main" onClick={() => tell({ type: 'resume' })}>
            <Icon of="play" /> Play
          </button>
        )}
        {isTraining && (
          <>
            <button type="button" onClick={() => tell({ type: 'step', count: 1 })}>
              <Icon of="step" /> One step
            </button>
            <button type="button" onClick={() => tell({ type: 'stop' })}>
              <Icon of="stop" /> Stop
            </button>
          </>
        )}
        {(state === 'stopped' || (state === 'failed' && watched.rows.length > 0)) && (
          <button type="button" class="main" onClick={() => trying(host.resume(id).then(onResumed))}>
            <Icon of="play" /> Continue
          </button>
        )}
        {!isTraining && state !== 'evaluating' && state !== 'waiting' && (
          <>
            <button type="button" onClick={() => onAgain(false)}>
              Train again
            </button>
            <button type="button" onClick={() => onAgain(true)}>
              With a new seed
            </button>
          </>
        )}
        {isTraining && (
          <label class="speed">
            Speed{' '}
            <select
              value={watched.speed ?? ''}
              onChange={({ currentTarget: { value } }) =>
                tell({ type: 'speed', stepsPerSecond: value === '' ? null : Number(value) })
              }
            >
              {SPEEDS.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        {isTraining && (
          <Rate watched={watched} onChange={(value) => tell({ type: 'learning-rate', value })} />
        )}
      </fieldset>
      {problem !== null && (
        <p class="failed" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

/** The learning rate before the schedule: what the optimiser was given, or the last change. */
function Rate({ watched, onChange }: { watched: Watched; onChange: (value: number) => void }) {
  const first = Number(/learning rate ([\d.e+-]+)/.exec(watched.header?.optimiser ?? '')?.[1]);
  const now = watched.rates.at(-1)?.learningRate ?? first;
  const [text, setText] = useState<string | null>(null);
  if (!Number.isFinite(now)) return null;
  const change = (value: number) => {
    setText(null);
    if (value > 0 && Number.isFinite(value)) onChange(Number(value.toPrecision(6)));
  };
  return (
    <form
      class="rate"
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== null) change(Number(text));
      }}
    >
      <label>
        Learning rate{' '}
        <input
          inputMode="decimal"
          size={8}
          value={text ?? shortNumber(now)}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onBlur={() => setText(null)}
        />
      </label>
      <button type="button" onClick={() => change(now / 2)}>
        Halve
      </button>
      <button type="button" onClick={() => change(now * 2)}>
        Double
      </button>
    </form>
  );
}

const PATHS = {
  play: 'M3 1.5v13l11-6.5z',
  pause: 'M3 2h3.5v12H3zM9.5 2H13v12H9.5z',
  step: 'M2 2v12l8-6zM11 2h3v12h-3z',
  stop: 'M2.5 2.5h11v11h-11z',
} as const;

export function Icon({ of }: { of: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[of]} />
    </svg>
  );
}
