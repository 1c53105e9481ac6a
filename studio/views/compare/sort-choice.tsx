/** Every order of the table as a list, for screens where it has no heads, and for figures that are not shown. */
import type { RunEntry } from '../../../src/studio/protocol.ts';
import { setParameters } from '../../address.ts';
import { betterOf, longTitle } from './figure-words.ts';
import { FACTS } from './rows.ts';

interface SortChoiceProps {
  /** The keys of all figures there are. */
  readonly figures: readonly string[];
  readonly runs: readonly RunEntry[];
  /** A column's key. */
  readonly sort: string;
  readonly descending: boolean;
}

/** The newest run and the best figure come first; the button beside the list turns that round. */
function orderOf(key: string): string {
  const isDescending = key === 'startedAt' || betterOf(key.replace(/^figure:/, '')) === 'higher';
  return isDescending ? `-${key}` : key;
}

export function SortChoice({ figures, runs, sort, descending }: SortChoiceProps) {
  return (
    <div class="order">
      <label>
        <span>Sort by</span>
        <select
          value={sort}
          onChange={({ currentTarget: { value } }) => setParameters({ sort: orderOf(value) })}
        >
          <optgroup label="Runs">
            {Object.entries(FACTS).map(([key, { title }]) => (
              <option key={key} value={key}>
                {key === 'name' ? 'Name' : title}
              </option>
            ))}
          </optgroup>
          {figures.length > 0 && (
            <optgroup label="Figures on the test split">
              {figures.map((key) => (
                <option key={key} value={`figure:${key}`}>
                  {longTitle(key, runs)}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      <button
        type="button"
        aria-label="Reverse the order"
        title={descending ? 'Falling; click for rising' : 'Rising; click for falling'}
        onClick={() => setParameters({ sort: descending ? sort : `-${sort}` })}
      >
        <span aria-hidden="true">{descending ? '↓' : '↑'}</span>
      </button>
    </div>
  );
}
