/** Which kind of score. */
import { parameter, setParameters } from '../../address.ts';
import { SCORE_KINDS, SCORE_WORDS, type ScoreKind } from './threshold.ts';

/** The kind in the address. */
export const scoreKind = (): ScoreKind => SCORE_KINDS.find((kind) => kind === parameter('score')) ?? 'mean';

export function ScoreChoice({ kind }: { kind: ScoreKind }) {
  return (
    <label class="score-choice">
      Score{' '}
      <select
        value={kind}
        onChange={({ currentTarget }) =>
          // A threshold of one kind means nothing for another.
          setParameters({
            score: currentTarget.value === 'mean' ? null : currentTarget.value,
            threshold: null,
          })
        }
      >
        {SCORE_KINDS.map((each) => (
          <option key={each} value={each}>
            {`${each} – ${SCORE_WORDS[each]}`}
          </option>
        ))}
      </select>
    </label>
  );
}
