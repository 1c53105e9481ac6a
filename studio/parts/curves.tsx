/** Curves over a number, with axes, a legend that shows the values under the pointer, and a line in words for who cannot see them. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { classColour, dark, drawn } from './ground.ts';
import { shortNumber } from './numbers.ts';
import { PictureButtons } from './picture-buttons.tsx';
import { type Axis, at, shareAlong, svgOf } from './plot/svg.ts';
import { type Curve, thinned } from './thin.ts';

export interface Series extends Curve {
  readonly name: string;
  /** The colour's number, as for classes. Default: its place in the list. */
  readonly colour?: number;
  /** Dashed, such as validation beside training. */
  readonly dashed?: boolean;
  /** Points alone, without a line between them. */
  readonly dots?: boolean;
}

export interface CurvesProps {
  readonly title: string;
  readonly series: readonly Series[];
  /** With units, for example "epoch" and "loss, nats per image". */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logarithmic?: boolean;
  /** CSS pixels. Default 260. */
  readonly height?: number;
}

/** More points than a chart is wide show nothing more. */
const MOST_POINTS = 2000;

export function Curves({ title, series, xLabel, yLabel, logarithmic = false, height = 260 }: CurvesProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const colours = drawn.value;
  const names = series
    .map(({ name, dashed, dots, colour }, i) => `${name}|${dashed}|${dots}|${colour ?? i}`)
    .join('\n');
  const data = aligned(series, logarithmic);
  const newest = useRef(data);
  newest.current = data;

  // Made again when what is drawn changes in kind (`names` stands for the series); new values alone are set below.
  useEffect(() => {
    const box = place.current!;
    const axis = {
      stroke: colours.soft,
      grid: { stroke: colours.grid, width: 1 },
      ticks: { stroke: colours.line, width: 1 },
    };
    const made = new uPlot(
      {
        width: box.clientWidth,
        height,
        scales: { x: { time: false }, y: { distr: logarithmic ? 3 : 1 } },
        axes: [
          { ...axis, label: xLabel, labelSize: 22, size: 34, incrs: WHOLE },
          {
            ...axis,
            label: yLabel,
            labelSize: 22,
            size: 62,
            values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : shortNumber(tick))),
          },
        ],
        legend: { live: true },
        cursor: { drag: { x: true, y: false }, points: { size: 7 } },
        series: [
          { label: xLabel, value: (_, value) => (value == null ? '' : String(value)) },
          ...series.map(
            ({ name, dashed, dots = false, colour }, i): uPlot.Series => ({
              label: name,
              stroke: classColour(colour ?? i),
              width: 2,
              spanGaps: true,
              points: { show: (plot, i) => dots || isSparse(plot.data[i]!), size: 5 },
              ...(dots ? { paths: () => null } : {}),
              ...(dashed ? { dash: [6, 4] } : {}),
              value: (_, value) => (value == null ? '' : shortNumber(value)),
            }),
          ),
        ],
      },
      newest.current,
      box,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, xLabel, yLabel, logarithmic, height, dark.value]);

  useLayoutEffect(() => plot.current?.setData(data));

  return (
    <figure class="curves">
      <figcaption>{title}</figcaption>
      <PictureButtons
        what="curves"
        name={title}
        frame={place}
        svg={() => svgOfCurves(plot.current!, newest.current, { title, series, xLabel, yLabel, logarithmic })}
      />
      <div ref={place} role="img" aria-label={inWords(title, series)} />
    </figure>
  );
}

/** So few values that a line between them may not be seen: of a single one there is none. */
const isSparse = (values: ArrayLike<number | null | undefined>): boolean =>
  Array.from(values).filter((value) => value != null).length <= 12;

/** Steps of the x axis: epochs and steps are whole. */
const WHOLE = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((unit) => unit * 10 ** power)).flat();

/** All series over the union of their places. A logarithmic axis has no place for zero and below. */
function aligned(series: readonly Series[], logarithmic: boolean): uPlot.AlignedData {
  if (series.length === 0) return [[]];
  return uPlot.join(
    series.map((one): uPlot.AlignedData => {
      const { x, y } = thinned(one, MOST_POINTS);
      return [[...x], y.map((value) => (value === null || (logarithmic && value <= 0) ? null : value))];
    }),
  );
}

/** The curves between the ends of the axes as they are now. */
function svgOfCurves(
  { scales, over }: uPlot,
  [x, ...all]: uPlot.AlignedData,
  { title, series, xLabel, yLabel, logarithmic = false }: CurvesProps,
): string {
  const size = { width: Math.round(over.clientWidth), height: Math.round(over.clientHeight) };
  const axis = (key: 'x' | 'y', label: string): Axis => {
    const { min, max } = scales[key]!;
    return { label, from: min ?? 0, to: max ?? 1, logarithmic: logarithmic && key === 'y' };
  };
  const axes = { x: axis('x', xLabel), y: axis('y', yLabel) };
  const colourOf = (i: number) => classColour(series[i]!.colour ?? i);
  const body = all.map((values, i) => {
    const points = Array.from(values).flatMap((value, k) =>
      value == null
        ? []
        : [
            `${at(size.width * shareAlong(axes.x, x[k]!))},${at(size.height * (1 - shareAlong(axes.y, value)))}`,
          ],
    );
    if (series[i]!.dots) {
      const circles = points.map((point) => {
        const [cx, cy] = point.split(',');
        return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colourOf(i)}"/>`;
      });
      return circles.join('');
    }
    const dashes = series[i]!.dashed ? ' stroke-dasharray="6 4"' : '';
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colourOf(i)}" stroke-width="2"${dashes}/>`;
  });
  const legend = series.map(({ name, dashed }, i) => ({
    name: dashed ? `${name} (dashed)` : name,
    colour: colourOf(i),
  }));
  return svgOf({ ...size, title, colours: drawn.peek(), axes, body, legend });
}

function inWords(title: string, series: readonly Series[]): string {
  const ends = series.map(({ name, y }) => {
    const last = y.findLast((value) => value !== null);
    return `${name}: ${last === undefined ? 'no values yet' : `now ${shortNumber(last!)}`}`;
  });
  return `${title}. ${ends.join('; ')}.`;
}
