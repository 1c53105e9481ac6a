/** The images by score, a page at a time. */
import { useMemo } from 'preact/hooks';
import { parameter, setParameters } from '../../../address.ts';
import { pageOf } from '../pages.tsx';
import { type Look, Picture } from '../picture.tsx';
import { short } from '../threshold.ts';
import type { Given } from './given.ts';

const PAGE = 48;

export const imageOf = ({ values, channels, height, width }: Given, i: number): Uint8Array => {
  const size = channels * height * width;
  return values.subarray(i * size, (i + 1) * size);
};

export const nameOf = (given: Given, i: number): string => given.names?.[i] ?? String(i);

export function List({
  given,
  scores,
  threshold,
  look,
  chosen,
  onChoose,
}: {
  given: Given;
  scores: Float64Array;
  threshold: number;
  look: Look;
  chosen: number | null;
  onChoose: (i: number) => void;
}) {
  const isRising = parameter('order') === 'rising';
  const order = useMemo(() => {
    const places = Uint32Array.from(scores, (_, i) => i);
    const sign = isRising ? 1 : -1;
    return places.sort((a, b) => sign * (scores[a]! - scores[b]!) || a - b);
  }, [scores, isRising]);
  const { shown, turn } = pageOf(order, PAGE);
  return (
    <section class="list" aria-label="Images by score">
      <div class="try-bar">
        <h3>Images by score</h3>
        <label>
          <span class="unseen">Order</span>
          <select
            value={isRising ? 'rising' : ''}
            onChange={({ currentTarget }) =>
              setParameters({ order: currentTarget.value || null, page: null })
            }
          >
            <option value="">highest first</option>
            <option value="rising">lowest first</option>
          </select>
        </label>
        {turn}
      </div>
      <ul class="tiles">
        {shown.map((i) => {
          const isFlagged = scores[i]! > threshold;
          const of = given.classes.length > 1 ? `, class ${given.classes[given.labels[i]!]}` : '';
          return (
            <li key={i}>
              <button
                type="button"
                class={isFlagged ? 'flagged' : ''}
                aria-pressed={chosen === i}
                aria-label={`${given.names === null ? 'Image ' : ''}${nameOf(given, i)}${of}, score ${short(scores[i]!)}, ${isFlagged ? 'flagged' : 'not flagged'}`}
                onClick={() => onChoose(i)}
              >
                <Picture values={imageOf(given, i)} look={look} label="" />
                <span>{`${isFlagged ? '▲ ' : ''}${short(scores[i]!)}`}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
