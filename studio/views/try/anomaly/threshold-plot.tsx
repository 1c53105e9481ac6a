/** The histogram of scores, and the threshold on it: dragged by mouse and finger, moved by keys. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { classColour, drawn } from '../../../parts/ground.ts';
import { type HeldOut, percent, shareBelow, short } from '../threshold.ts';
import { axisFor, sharesOf, sharesOfHeldOut } from './histogram.ts';

export interface ThresholdPlotProps {
  readonly held: HeldOut | null;
  /** Scores of the images by kind, each with its name. */
  readonly series: readonly { readonly name: string; readonly scores: readonly number[] }[];
  readonly threshold: number;
  /** For who cannot see it, after the threshold: what it flags. */
  readonly words: string;
  onThreshold(value: number): void;
  /** What is scored. */
  readonly samples?: 'images' | 'rows';
}

const HEIGHT = 190;
const TOP = 8;
const BOTTOM = 24;
/** CSS pixels of a bar. */
const BAR = 8;
const STEPS = 200;
/** Room for half of the handle. */
const EDGE = 9;

export function ThresholdPlot(props: ThresholdPlotProps) {
  const { held, series, threshold, words, onThreshold, samples = 'images' } = props;
  const [box, width] = useWidth();
  const bars = Math.max(20, Math.min(80, Math.floor(width / BAR)));
  const axis = axisFor(
    held,
    series.flatMap(({ scores }) => scores),
    bars,
  );
  const shown = [
    ...(held === null ? [] : [{ name: `held-out ${samples}`, shares: sharesOfHeldOut(held, axis) }]),
    ...series.map(({ name, scores }) => ({ name, shares: sharesOf(scores, axis) })),
  ];
  const most = Math.max(0.01, ...shown.flatMap(({ shares }) => [...shares]));
  const colours = drawn.value;
  const inner = width - 2 * EDGE;
  const x = (score: number) => EDGE + (Math.min(score, axis.end) / axis.end) * inner;
  const y = (share: number) => HEIGHT - BOTTOM - (share / most) * (HEIGHT - TOP - BOTTOM);
  const set = (value: number) => onThreshold(Number(Math.min(axis.end, Math.max(0, value)).toPrecision(4)));
  const drag = (event: PointerEvent) => {
    const { left } = box.current!.getBoundingClientRect();
    set(((event.clientX - left - EDGE) / inner) * axis.end);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = axis.end / STEPS;
    const far = event.shiftKey ? 10 : 1;
    const next = {
      ArrowRight: threshold + step * far,
      ArrowUp: threshold + step * far,
      ArrowLeft: threshold - step * far,
      ArrowDown: threshold - step * far,
      PageUp: threshold + 10 * step,
      PageDown: threshold - 10 * step,
      Home: 0,
      End: axis.end,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  };
  const colourOf = (i: number) =>
    held !== null && i === 0 ? colours.soft : classColour(i - (held === null ? 0 : 1));
  const share =
    held === null ? '' : `, which ${percent(shareBelow(held, threshold))} of held-out ${samples} stay below`;
  return (
    <div class="threshold-plot">
      <div
        ref={box}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label="Threshold"
        aria-valuemin={0}
        aria-valuemax={axis.end}
        aria-valuenow={Math.min(threshold, axis.end)}
        aria-valuetext={`${short(threshold)}${share}; ${words}`}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          box.current!.setPointerCapture(event.pointerId);
          drag(event);
        }}
        onPointerMove={(event) => {
          if (box.current!.hasPointerCapture(event.pointerId)) drag(event);
        }}
      >
        <svg width={width} height={HEIGHT} aria-hidden="true">
          {shown.map(({ name, shares }, i) => {
            const isHeld = held !== null && i === 0;
            return (
              <path
                key={name}
                d={outline(shares, inner, y)}
                fill={isHeld ? colours.soft : 'none'}
                fill-opacity={0.4}
                stroke={colourOf(i)}
                stroke-width={isHeld ? 0 : 2}
                stroke-dasharray={i === shown.length - 1 && shown.length > 2 ? '5 3' : undefined}
              />
            );
          })}
          <line x1={EDGE} x2={width - EDGE} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} stroke={colours.soft} />
          {ticksOf(axis.end, width).map((tick) => (
            <text
              key={tick}
              x={x(tick)}
              y={HEIGHT - 7}
              fill={colours.soft}
              text-anchor={tick === 0 ? 'start' : x(tick) > width - 30 ? 'end' : 'middle'}
            >
              {short(tick)}
            </text>
          ))}
          <line class="threshold" x1={x(threshold)} x2={x(threshold)} y1={0} y2={HEIGHT - BOTTOM} />
          <circle class="handle" cx={x(threshold)} cy={HEIGHT - BOTTOM} r={8} />
        </svg>
      </div>
      <ul class="legend">
        {shown.map(({ name }, i) => (
          <li key={name}>
            <i style={{ background: colourOf(i), opacity: held !== null && i === 0 ? 0.4 : 1 }} />
            {name}
          </li>
        ))}
      </ul>
      <p class="hint">
        {`Score across, share of the ${samples} up${held === null ? '' : '; the last bar has all that lies beyond'}.`}
      </p>
    </div>
  );
}

function outline(shares: Float64Array, width: number, y: (share: number) => number): string {
  const step = width / shares.length;
  const tops = [...shares].map(
    (share, i) => `L${EDGE + i * step} ${y(share)}L${EDGE + (i + 1) * step} ${y(share)}`,
  );
  return `M${EDGE} ${y(0)}${tops.join('')}L${EDGE + width} ${y(0)}Z`;
}

/** Round numbers, a few over the width. */
function ticksOf(end: number, width: number): number[] {
  const rough = end / Math.max(2, width / 90);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((unit) => unit * power).find((each) => each >= rough)!;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(320);
  useEffect(() => {
    const watch = new ResizeObserver(() => setWidth(Math.max(120, box.current?.clientWidth ?? 0)));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  return [box, width] as const;
}
