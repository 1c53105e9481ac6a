/** The plane of codes, with its buttons, its keys in words, and what floats above a finger. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { PictureButtons } from '../../parts/picture-buttons.tsx';
import type { Coloured } from './colouring.ts';
import type { AnyExplorer } from './explorer-of.ts';
import { ImageFloat } from './float.tsx';
import { GUTTER } from './overlay.ts';
import { PlaneView } from './plane-view.ts';
import type { Projection } from './projection.ts';
import { RowFloat } from './rows/float.tsx';
import { setParameters, type Tool, tool } from './settings.ts';

const TOOL_NAMES: Readonly<Record<Tool, string>> = { look: 'Look', lasso: 'Lasso', walk: 'Walk' };
const TOOL_HELP: Readonly<Record<Tool, string>> = {
  look: 'Point anywhere to decode it; choose a dot to see its image. Drag to pan (two fingers on touch), turn the wheel or pinch to zoom.',
  lasso: 'Draw around dots to select them. Esc removes the selection.',
  walk: 'Choose two dots: first the start, then the end.',
};

export function Plane({
  explorer,
  projection,
  coloured,
  name,
}: {
  explorer: AnyExplorer;
  projection: Projection;
  coloured: Coloured;
  /** The run's. */
  name: string;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const points = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const toolNow = useSignal<Tool>(tool());
  toolNow.value = tool();
  const view = useMemo(
    () => new PlaneView(explorer, projection, coloured, toolNow),
    [explorer, projection, coloured, toolNow],
  );
  useEffect(() => {
    view.begin({ area: area.current!, points: points.current!, marks: marks.current! });
    return () => view.end();
  }, [view]);
  const boxed = view.box.value !== null;

  return (
    <section class="plane" aria-label="Plane of codes">
      <div class="plane-buttons">
        <fieldset class="choices">
          <legend class="unseen">What a click does</legend>
          {Object.entries(TOOL_NAMES).map(([name, title]) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === toolNow.value}
              onClick={() => setParameters({ tool: name === 'look' ? null : name })}
            >
              {title}
            </button>
          ))}
        </fieldset>
        {toolNow.value === 'lasso' && (
          <button type="button" onClick={() => view.markCorner()}>
            {boxed ? 'Close the box' : 'Begin a box'}
          </button>
        )}
        <span class="zoom">
          <button type="button" aria-label="Zoom in" onClick={() => view.zoom(1.5, null)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => view.zoom(1 / 1.5, null)}>
            −
          </button>
          <button
            type="button"
            onClick={() => {
              view.window.value = null;
            }}
          >
            Whole
          </button>
        </span>
        <PictureButtons what="plane" name={name} frame={frame} svg={() => view.svg(name)} />
      </div>
      <div class="plane-frame" ref={frame}>
        <canvas ref={marks} class="plane-marks" />
        <canvas
          ref={points}
          class="plane-points"
          style={{ left: `${GUTTER.left}px`, top: `${GUTTER.top}px` }}
        />
        <div
          ref={area}
          class={`plane-area ${toolNow.value}`}
          role="application"
          aria-label={`Plane of codes, ${projection.labels.slice(0, 2).join(' by ')}. Arrow keys walk.`}
          aria-describedby="plane-keys"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is worked by keys, which its description names
          tabIndex={0}
          style={{
            left: `${GUTTER.left}px`,
            top: `${GUTTER.top}px`,
            right: `${GUTTER.right}px`,
            bottom: `${GUTTER.bottom}px`,
          }}
        />
        {explorer.kind === 'row' ? (
          <RowFloat explorer={explorer} view={view} />
        ) : (
          <ImageFloat explorer={explorer} view={view} />
        )}
      </div>
      <p class="soft">{explorer.worded(TOOL_HELP[toolNow.value])}</p>
      <details class="keys">
        <summary>Keys</summary>
        <p id="plane-keys">
          {explorer.worded(
            'Arrow keys move the place that is decoded; with Shift they pan. + and − zoom, 0 shows the whole plane. Enter chooses the nearest image. B begins a box and closes it; Esc removes box, selection and choice.',
          )}
        </p>
      </details>
    </section>
  );
}
