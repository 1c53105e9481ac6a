/** What can be done with scores and their threshold. */
import { parameter, setParameters } from '../../../address.ts';

/** @param hasHeld whether there are scores of what was held out, from which a threshold comes. */
export function ScoreButtons({ hasHeld, onSave }: { hasHeld: boolean; onSave: () => void }) {
  return (
    <div class="buttons">
      {hasHeld && (
        <button
          type="button"
          disabled={parameter('threshold') === null}
          onClick={() => setParameters({ threshold: null })}
        >
          Threshold at 99 %
        </button>
      )}
      <button type="button" onClick={onSave}>
        Download scores as CSV
      </button>
    </div>
  );
}
