/** What the colours mean: classes to show and hide, or a bar of values. */

import { shapeOf } from '../../parts/plot/stamps.ts';
import { short } from '../../parts/plot/ticks.ts';
import { type Coloured, MISSING } from './colouring.ts';
import { hidden, setParameters, withShapes } from './settings.ts';
import { PATHS } from './shape-paths.ts';

/** Colours of the bar that blend into one another. */
const STOPS = 6;

export function Legend({ coloured }: { coloured: Coloured }) {
  const found = coloured.value;
  if (found === null) return null;
  if (found.scale !== null) {
    const { label, from, to, hasMissing } = found.scale;
    const last = hasMissing ? MISSING - 1 : 255;
    const stops = Array.from(
      { length: STOPS },
      (_, i) => found.colours[Math.round((i * last) / (STOPS - 1))],
    );
    return (
      <div class="colour-bar" role="img" aria-label={`Colours: ${label} from ${short(from)} to ${short(to)}`}>
        <span>{short(from)}</span>
        <span class="ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
        <span>{short(to)}</span>
        <span class="soft">{label}</span>
        {hasMissing && (
          <span class="soft">
            <span style={{ color: found.colours[MISSING] }}>●</span> missing
          </span>
        )}
      </div>
    );
  }
  const classes = found.groups;
  if (classes.length < 2) return null;
  const off = hidden();
  const change = (next: Set<number>) =>
    setParameters({ hide: next.size === 0 ? null : [...next].sort((a, b) => a - b).join(',') });
  const toggled = (label: number) => {
    const next = new Set(off);
    if (!next.delete(label)) next.add(label);
    return next;
  };
  const all = classes.map((_, label) => label);
  return (
    <fieldset class="legend">
      <legend class="unseen">Classes that are shown</legend>
      <div class="legend-list">
        {classes.map((name, label) => (
          <button
            key={label}
            type="button"
            class="class"
            aria-pressed={!off.has(label)}
            title="Click to show or hide; double-click to show it alone"
            onClick={() => change(toggled(label))}
            onDblClick={() => change(new Set(all.filter((other) => other !== label)))}
          >
            <svg viewBox="-1.4 -1.4 2.8 2.8" width="12" height="12" aria-hidden="true">
              <path
                d={PATHS[withShapes() ? shapeOf(label) : 0]}
                fill={found.colours[label]}
                fill-rule="evenodd"
              />
            </svg>
            {name || `class ${label}`}
          </button>
        ))}
      </div>
      <button type="button" class="class" disabled={off.size === 0} onClick={() => change(new Set())}>
        all
      </button>
      <button
        type="button"
        class="class"
        disabled={off.size === classes.length}
        onClick={() => change(new Set(all))}
      >
        none
      </button>
    </fieldset>
  );
}
