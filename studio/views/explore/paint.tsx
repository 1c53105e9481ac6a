/** The code as a picture to paint on: each unit is a cell, light to dark in its range. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { dark } from '../../parts/ground.ts';
import { scaleColours } from '../../parts/plot/scale-colours.ts';
import { short } from '../../parts/plot/ticks.ts';
import { endsOf } from '../../parts/unit-sliders.tsx';
import { codeShapeOf } from '../try/one/code-shape.ts';
import type { Explorer } from './explorer.ts';
import { gridOf, MOST_CELLS, neighbour, shareOf } from './paint-grid.ts';

const BRUSHES = [
  ['high', 1],
  ['middle', 0.5],
  ['low', 0],
] as const;

export function Paint({ explorer }: { explorer: Explorer }) {
  const { units } = explorer.codes;
  const brush = useSignal(1);
  const cell = useSignal(0);
  const map = useSignal(0);
  const painting = useRef(false);
  // A code of maps is painted one map at a time.
  const shape = codeShapeOf(explorer.model.info);
  const cells = shape === null ? units : shape.height * shape.width;
  if (cells > MOST_CELLS) {
    return (
      <p class="soft">
        This code has {units.toLocaleString('en')} units, too many to paint one by one. The sliders list some
        of them.
      </p>
    );
  }
  const grid = shape === null ? gridOf(units) : { columns: shape.width, rows: shape.height };
  const maps = Math.max(1, Math.round(units / cells));
  const start = map.value * cells;
  const current = start + cell.value;
  const code = explorer.code.value;
  const colours = scaleColours(dark.value);
  const set = (unit: number, share: number) => {
    const [from, to] = endsOf(explorer.ranges[unit]!, explorer.ranges[unit]!.mean);
    const next = explorer.code.peek().slice();
    next[unit] = from + (to - from) * share;
    explorer.setCode(next);
  };
  const unitUnder = (event: PointerEvent): number | null => {
    const found = document
      .elementFromPoint(event.clientX, event.clientY)
      ?.closest<HTMLElement>('[data-unit]');
    return found == null ? null : Number(found.dataset.unit);
  };
  const stroke = (event: PointerEvent) => {
    const unit = unitUnder(event);
    if (!painting.current || unit === null) return;
    cell.value = unit - start;
    set(unit, brush.value);
  };
  const value = code[current]!;
  const size = Math.max(16, Math.min(56, Math.floor(320 / grid.columns)));
  return (
    <>
      <fieldset class="choices">
        <legend>Brush</legend>
        {BRUSHES.map(([name, share]) => (
          <button
            key={name}
            type="button"
            aria-pressed={brush.value === share}
            onClick={() => {
              brush.value = share;
            }}
          >
            {name}
          </button>
        ))}
        <button type="button" onClick={() => explorer.setCode(explorer.mean)}>
          Mean code
        </button>
      </fieldset>
      {maps > 1 && (
        <label>
          Map{' '}
          <select
            value={map.value}
            onChange={({ currentTarget }) => {
              map.value = Number(currentTarget.value);
            }}
          >
            {Array.from({ length: maps }, (_, i) => (
              <option key={i} value={i}>
                {i + 1} of {maps}
              </option>
            ))}
          </select>
        </label>
      )}
      <div
        class="paint"
        role="slider"
        tabIndex={0}
        aria-label={`Unit ${current + 1} of the code as a picture, ${grid.columns} by ${grid.rows}`}
        aria-valuemin={explorer.ranges[current]!.min}
        aria-valuemax={explorer.ranges[current]!.max}
        aria-valuenow={value}
        aria-valuetext={short(value)}
        aria-describedby="paint-keys"
        style={{ gridTemplateColumns: `repeat(${grid.columns}, ${size}px)` }}
        onPointerDown={(event) => {
          painting.current = true;
          stroke(event);
        }}
        onPointerMove={stroke}
        onPointerUp={() => {
          painting.current = false;
        }}
        onPointerCancel={() => {
          painting.current = false;
        }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const { key } = event;
          const range = explorer.ranges[current]!;
          const share = shareOf(value, ...endsOf(range, range.mean));
          if (key.startsWith('Arrow') || key === 'Home' || key === 'End') {
            cell.value = neighbour(cell.value, key, grid, cells);
          } else if (key === ' ' || key === 'Enter') set(current, brush.value);
          else if (key === '+' || key === '=') set(current, Math.min(1, share + 0.1));
          else if (key === '-') set(current, Math.max(0, share - 0.1));
          else if (/^[0-9]$/.test(key)) set(current, Number(key) / 9);
          else return;
          event.preventDefault();
        }}
      >
        {Array.from(code.subarray(start, start + cells), (each, place) => {
          const unit = start + place;
          const [from, to] = endsOf(explorer.ranges[unit]!, explorer.ranges[unit]!.mean);
          return (
            <span
              key={unit}
              data-unit={unit}
              class={unit === current ? 'cell now' : 'cell'}
              title={`unit ${unit + 1}: ${short(each)}`}
              style={{ height: `${size}px`, background: colours[Math.round(255 * shareOf(each, from, to))] }}
            />
          );
        })}
      </div>
      <p>
        unit {current + 1}: <b>{short(value)}</b>, from {short(explorer.ranges[current]!.min)} to{' '}
        {short(explorer.ranges[current]!.max)}
      </p>
      <p class="soft" id="paint-keys">
        Drag to paint. Keys: arrows move, Enter paints, + and − change the value, 0 to 9 set it.
      </p>
    </>
  );
}
