/** Fits a distribution to the codes of a run, or says how the command line does. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunEntry, SamplerName } from '../../../../src/studio/protocol.ts';
import { problemOf } from '../loaded.ts';
import { FITTED_WORDS } from './words.ts';

export function Fit({
  kinds,
  run,
  fit,
  onFitted,
}: {
  kinds: readonly SamplerName[];
  run: Pick<RunEntry, 'name'>;
  /** Null where nothing can be fitted. */
  fit: ((kind: SamplerName) => Promise<void>) | null;
  onFitted: (kind: SamplerName) => void;
}) {
  const [doing, setDoing] = useState<SamplerName | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isThere = useRef(true);
  useEffect(
    () => () => {
      isThere.current = false;
    },
    [],
  );
  const begin = async (kind: SamplerName) => {
    setDoing(kind);
    setProblem(null);
    try {
      await fit!(kind);
      if (isThere.current) onFitted(kind);
    } catch (error) {
      if (isThere.current) setProblem(problemOf(error as Error));
    } finally {
      if (isThere.current) setDoing(null);
    }
  };
  return (
    <div class="fit">
      <p class="hint">
        Fitted to the codes of the training samples, a distribution draws codes that the decoder knows.
        {fit === null && (
          <>
            {' '}
            A page alone cannot fit one; the command line can:{' '}
            <code>{`hourglass sample ${run.name} --prior ${kinds[0]}`}</code>.
          </>
        )}
      </p>
      {fit !== null && (
        <div class="buttons">
          {kinds.map((kind) => (
            <button key={kind} type="button" disabled={doing !== null} onClick={() => begin(kind)}>
              {doing === kind ? `Fitting ${FITTED_WORDS[kind]} …` : `Fit ${FITTED_WORDS[kind]}`}
            </button>
          ))}
        </div>
      )}
      {doing !== null && (
        <p class="hint" role="status">
          It takes from seconds to some minutes, on this machine, and is kept with the model.
        </p>
      )}
      {problem !== null && <p class="failed" role="alert">{`It cannot be fitted: ${problem}.`}</p>}
    </div>
  );
}
