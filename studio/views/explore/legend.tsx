/** What the colours mean: classes to show and hide, or a bar of values. */

import { shapeOf } from '../../parts/plot/stamps.ts';
import { short } from '../../parts/plot/ticks.ts';
import type { Coloured } from './colouring.ts';
import type { Explorer } from './explorer.ts';
import { hidden, setParameters, withShapes } from './settings.ts';

/** SVG paths of the shapes, in a box of 2 around 0, as stamps.ts has them. */
const PATHS = [
  'M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z',
  'M-.86-.86H.86V.86H-.86Z',
  'M0-1.2L1.2.9H-1.2Z',
  'M-1-.6L-.6-1L0-.4L.6-1L1-.6L.4 0L1 .6L.6 1L0 .4L-.6 1L-1 .6L-.4 0Z',
  'M0-1.2L1.2 0L0 1.2L-1.2 0Z',
  'M-.38-1.15H.38V-.38H1.15V.38H.38V1.15H-.38V.38H-1.15V-.38H-.38Z',
  'M1.05 0A1.05 1.05 0 1 1-1.05 0A1.05 1.05 0 1 1 1.05 0ZM.63 0A.63.63 0 1 0-.63 0A.63.63 0 1 0 .63 0Z',
  'M0 1.2L1.2-.9H-1.2Z',
  'M-1.3-.42H1.3V.42H-1.3Z',
  'M-.42-1.3H.42V1.3H-.42Z',
];

export function Legend({ explorer, coloured }: { explorer: Explorer; coloured: Coloured }) {
  const found = coloured.value;
  if (found === null) return null;
  if (found.scale !== null) {
    const { label, from, to } = found.scale;
    const stops = found.colours.filter((_, i) => i % 51 === 0);
    return (
      <div class="colour-bar" role="img" aria-label={`Colours: ${label} from ${short(from)} to ${short(to)}`}>
        <span>{short(from)}</span>
        <span class="ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
        <span>{short(to)}</span>
        <span class="soft">{label}</span>
      </div>
    );
  }
  if (!explorer.hasClasses) return null;
  const off = hidden();
  const { classes } = explorer.set;
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
