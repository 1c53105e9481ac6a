/** The step of the tour that is being taken, above the view that it is about. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { addressOf } from '../../address.ts';
import type { Host } from '../../host/host.ts';
import { goTo, type Place, parametersOf, place } from './place.ts';
import { isUsable, progressWords, useProgress } from './run-state.ts';
import { type Action, needsOf, stepThatTrains } from './tour.ts';

export function TourBar({ host }: { host: Host }) {
  const at = place.value;
  return at === null ? null : <StepCard key={`${at.tour.id} ${at.step}`} host={host} at={at} />;
}

function StepCard({ host, at }: { host: Host; at: Place }) {
  const { tour, step } = at;
  const { title, text, action } = tour.steps[step]!;
  const heading = useRef<HTMLHeadingElement>(null);
  const isLast = step === tour.steps.length - 1;
  const move = (to: number) => {
    goTo({ ...at, step: to });
    // The card of the next step is drawn by then.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.tour h2')?.focus());
  };
  return (
    <aside class="tour" aria-label="Guided tour">
      <p class="tour-place">{`${tour.title}, step ${step + 1} of ${tour.steps.length}`}</p>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p class="tour-text">{text}</p>
      <Doing host={host} at={at} action={action} onMove={move} />
      <div class="buttons">
        <button type="button" disabled={step === 0} onClick={() => move(step - 1)}>
          Back
        </button>
        {isLast ? (
          <button
            type="button"
            onClick={() => {
              goTo(null);
              location.hash = addressOf('learn');
            }}
          >
            Finish
          </button>
        ) : (
          <button type="button" onClick={() => move(step + 1)}>
            Next
          </button>
        )}
        {!isLast && (
          <button type="button" onClick={() => goTo(null)}>
            Leave the tour
          </button>
        )}
      </div>
    </aside>
  );
}

/** The one thing to do, and what it waits for. */
function Doing({
  host,
  at,
  action,
  onMove,
}: {
  host: Host;
  at: Place;
  action: Action;
  onMove: (step: number) => void;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const names = action.type === 'train' ? [action.as] : needsOf(at.tour.steps[at.step]!);
  // A step needs two runs at most.
  const first = useProgress(host, at.runs[names[0]!] ?? null);
  const second = useProgress(host, (names[1] && at.runs[names[1]]) ?? null);
  const waiting = [first, second].find((each) => each !== null && !isUsable(each)) ?? null;
  const missing = action.type === 'train' ? undefined : names.find((name) => at.runs[name] === undefined);
  useEffect(() => setProblem(null), [at]);

  if (missing !== undefined) {
    const trains = stepThatTrains(at.tour, missing);
    return (
      <p class="tour-doing">
        {'This step needs a model that an earlier step trains. '}
        <button type="button" onClick={() => onMove(trains)}>{`Go to step ${trains + 1}`}</button>
      </p>
    );
  }
  const canDo = action.type === 'train' ? !isStarting && !isBusy(first?.state) : waiting === null;
  const start = async () => {
    try {
      setStarting(true);
      await perform(host, at, action);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setStarting(false);
    }
  };
  const shown = action.type === 'train' ? first : waiting;
  return (
    <p class="tour-doing">
      <button type="button" class="primary" disabled={!canDo} onClick={start}>
        {action.type === 'train' && isUsable(first) ? `${action.label} again` : action.label}
      </button>{' '}
      <span role="status">{shown === null ? '' : progressWords(shown)}</span>
      {problem !== null && (
        <span class="failed" role="alert">
          {problem}
        </span>
      )}
    </p>
  );
}

const isBusy = (state: string | undefined) =>
  state === 'running' || state === 'waiting' || state === 'evaluating' || state === 'paused';

async function perform(host: Host, at: Place, action: Action): Promise<void> {
  if (action.type === 'train') {
    const data = (await host.data()).find(({ id }) => id === 'mnist-10k');
    if (data === undefined)
      throw new Error('The digits that come along are not among the data of this studio.');
    const { recipe, set } = action;
    const id = await host.train({ recipe, set, data: data.id });
    const next = { ...at, runs: { ...at.runs, [action.as]: id } };
    place.value = next;
    const settings = Object.entries(set).map(([path, value]) => [path, JSON.stringify(value)] as const);
    location.hash = addressOf('train', {
      recipe,
      data: data.id,
      ...Object.fromEntries(settings),
      run: id,
      ...parametersOf(next),
    });
    return;
  }
  location.hash =
    action.type === 'compare'
      ? addressOf('compare', {
          runs: action.runs.map((name) => at.runs[name]).join(','),
          ...action.parameters,
          ...parametersOf(at),
        })
      : addressOf(action.view, {
          run: at.runs[action.run]!,
          ...action.parameters,
          ...parametersOf(at),
        });
}
