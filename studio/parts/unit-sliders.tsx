/** A slider for each unit of a code, in its range. Up to 128 are listed, filtered by their number, which counts from 1. */
import { useState } from 'preact/hooks';
import { short } from './plot/ticks.ts';

export interface UnitOfCode {
  readonly min: number;
  readonly max: number;
  /** The same for every sample. */
  readonly constant: boolean;
}

const MOST = 128;

/** The ends of a slider: the range of the unit, around its value where it is outside or has no extent. */
export function endsOf({ min, max, constant }: UnitOfCode, value: number): [number, number] {
  const half = constant ? Math.max(0.5, Math.abs(min) / 2) : 0;
  return [Math.min(min - half, value), Math.max(max + half, value)];
}

export function UnitSliders({
  code,
  units,
  onChange,
}: {
  code: Float32Array;
  units: readonly UnitOfCode[];
  onChange(code: Float32Array): void;
}) {
  const [filter, setFilter] = useState('');
  const [alive, setAlive] = useState(false);
  const dead = units.filter(({ constant }) => constant).length;
  const found = units.flatMap(({ constant }, unit) =>
    (filter === '' || String(unit + 1).startsWith(filter)) && !(alive && constant) ? [unit] : [],
  );
  return (
    <div class="sliders">
      {(units.length > 12 || dead > 0) && (
        <div class="row">
          {units.length > 12 && (
            <label>
              Unit number
              <input
                type="text"
                inputMode="numeric"
                size={5}
                value={filter}
                placeholder="all"
                onInput={({ currentTarget }) => setFilter(currentTarget.value.replace(/\D/g, ''))}
              />
            </label>
          )}
          {dead > 0 && (
            <label class="check">
              <input
                type="checkbox"
                checked={alive}
                onChange={({ currentTarget }) => setAlive(currentTarget.checked)}
              />
              without {dead} constant {dead === 1 ? 'unit' : 'units'}
            </label>
          )}
        </div>
      )}
      <ul class="slider-list">
        {found.slice(0, MOST).map((unit) => {
          const value = code[unit]!;
          const [from, to] = endsOf(units[unit]!, value);
          return (
            <li key={unit}>
              <label>
                <span class="slider-name">
                  {unit + 1}
                  {units[unit]!.constant && <span title="Always the same: a dead unit"> (dead)</span>}
                </span>
                <input
                  type="range"
                  min={from}
                  max={to}
                  step={(to - from) / 200}
                  value={value}
                  aria-label={`Unit ${unit + 1}`}
                  aria-valuetext={short(value)}
                  onInput={({ currentTarget }) => {
                    const next = code.slice();
                    next[unit] = Number(currentTarget.value);
                    onChange(next);
                  }}
                />
                <output>{short(value)}</output>
              </label>
            </li>
          );
        })}
      </ul>
      {found.length > MOST && (
        <p class="soft">
          {MOST} of {found.length.toLocaleString('en')} units are listed: type the number of another one.
        </p>
      )}
      {found.length === 0 && <p class="soft">No unit has such a number.</p>}
    </div>
  );
}
