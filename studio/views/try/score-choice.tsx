/** Which kind of score. */
import type { PageModel } from 'hourglass/web';
import { parameter, setParameters } from '../../address.ts';
import { SCORE_KINDS, SCORE_WORDS, type ScoreKind } from './threshold.ts';

/** The kind in the address, or the model's own. */
export const scoreKind = ({ statistics }: Pick<PageModel, 'statistics'>): ScoreKind =>
  SCORE_KINDS.find((kind) => kind === parameter('score')) ??
  SCORE_KINDS.find((kind) => kind === statistics?.defaultScore) ??
  'mean';

export function ScoreChoice({ kind }: { kind: ScoreKind }) {
  return (
    <label class="score-choice">
      Score{' '}
      <select
        value={kind}
        onChange={({ currentTarget }) =>
          // A threshold of one kind means nothing for another.
          setParameters({
            score: currentTarget.value,
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
