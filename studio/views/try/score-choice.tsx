/** Which kind of score. */
import type { PageModel } from 'hourglass/web';
import { inWordsFor } from '../../../src/samples/words.ts';
import type { SampleKind } from '../../../src/studio/protocol.ts';
import { parameter, setParameters } from '../../address.ts';
import { kindsFor, SCORE_WORDS, type ScoreKind } from './threshold.ts';

/** The kind in the address, or the model's own. */
export function scoreKind({ statistics, info }: Pick<PageModel, 'statistics' | 'info'>): ScoreKind {
  const kinds = kindsFor(info.rows === null ? 'image' : 'row');
  const named = (name: string | null | undefined) => kinds.find((kind) => kind === name);
  return named(parameter('score')) ?? named(statistics?.defaultScore) ?? 'mean';
}

export function ScoreChoice({ kind, samples = 'image' }: { kind: ScoreKind; samples?: SampleKind }) {
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
        {kindsFor(samples).map((each) => (
          <option key={each} value={each}>
            {`${each} – ${inWordsFor(samples, SCORE_WORDS[each])}`}
          </option>
        ))}
      </select>
    </label>
  );
}
