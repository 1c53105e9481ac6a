/** The cube around a 3-D scatter: floor and two back walls with their grid, ticks and names of three axes. */
import { uprightText } from './axes.ts';
import { SMALL } from './page.ts';
import { PAGE } from './palette.ts';
import type { Point3, Projection } from './projection.ts';
import { fitText, svgText, textWidth } from './text.ts';
import { type Scale, spacedTicks } from './ticks.ts';

type Place = (point: Point3) => { x: number; y: number };

const WALL = '#fafafa';
/** An axis seen end on, shorter than this on the page, has no ticks. */
const SHORT = 60;
/** The longest name of an axis along its edge. */
const NAME = 190;

/** The cube's back, and its axes along the edges of its outline, named as far as a page of a width has room. */
export function drawCube(
  place: Place,
  side: Projection['side'],
  scales: readonly [Scale, Scale, Scale],
  names: readonly [string, string, string],
  width: number,
): string[] {
  const [sx, sy] = side;
  // The upright edges at the outline's left and right; numbers stand at the left one.
  const corners: Point3[] = [
    [sx, -sy, 0],
    [-sx, sy, 0],
  ];
  const [left] = corners.sort((a, b) => place(a).x - place(b).x);
  const edges: Edge[] = [
    { axis: 0, from: [0, sy, -1] },
    { axis: 1, from: [sx, 0, -1] },
    { axis: 2, from: left! },
  ];
  const ticked = edges.map((edge) => withTicks(place, edge, scales[edge.axis]));
  const ticks = ticked.map((edge) => edge.places);
  return [
    wall(place, 2, -1, ticks),
    wall(place, 0, -sx, ticks),
    wall(place, 1, -sy, ticks),
    ...ticked.map((edge) => drawEdge(place, edge, names[edge.axis], width)),
  ];
}

interface Edge {
  axis: 0 | 1 | 2;
  /** The edge's middle. */
  from: Point3;
}

interface TickedEdge extends Edge {
  /** Where the ticks are, in [−1, 1], and how they are written. */
  places: number[];
  labels: string[];
}

function along({ axis, from }: Edge, at: number): Point3 {
  return from.map((value, i) => (i === axis ? at : value)) as unknown as Point3;
}

function withTicks(place: Place, edge: Edge, scale: Scale): TickedEdge {
  const [start, end] = [place(along(edge, -1)), place(along(edge, 1))];
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  if (length < SHORT) return { ...edge, places: [], labels: [] };
  // Labels of a slanting edge stand next to each other only as far as it goes across; below each other they need a line.
  const across = Math.abs(end.x - start.x) / length;
  const { ticks, label } = spacedTicks(scale, length, (words) =>
    Math.min(textWidth(words, SMALL) / Math.max(across, 0.01), SMALL / Math.sqrt(1 - across ** 2 + 1e-9)),
  );
  const places = ticks.map((tick) => (2 * (tick - scale.min)) / (scale.max - scale.min) - 1);
  return { ...edge, places, labels: ticks.map(label) };
}

/** One side of the cube, where an axis has the value `at`, with the grid of the two others. */
function wall(place: Place, axis: 0 | 1 | 2, at: number, ticks: readonly number[][]): string {
  const [a, b] = ([0, 1, 2] as const).filter((other) => other !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  const point = (first: number, second: number) => {
    const values = [at, at, at];
    [values[a], values[b]] = [first, second];
    return spot(place(values as unknown as Point3));
  };
  const outline = `M${point(-1, -1)}L${point(1, -1)}L${point(1, 1)}L${point(-1, 1)}z`;
  const lines = [
    ...ticks[a]!.map((tick) => `M${point(tick, -1)}L${point(tick, 1)}`),
    ...ticks[b]!.map((tick) => `M${point(-1, tick)}L${point(1, tick)}`),
  ];
  return [
    `<path d="${outline}" fill="${WALL}" stroke="${PAGE.axis}" stroke-width="0.6"/>`,
    lines.length === 0 ? '' : `<path d="${lines.join('')}" fill="none" stroke="${PAGE.grid}"/>`,
  ].join('\n');
}

/** An axis' line, ticks, numbers and name. */
function drawEdge(place: Place, edge: TickedEdge, name: string, width: number): string {
  const out = outward(place, edge);
  const widest = Math.max(0, ...edge.labels.map((label) => textWidth(label, SMALL)));
  const beside = (point: { x: number; y: number }, distance: number) => ({
    x: point.x + out.x * distance,
    y: point.y + out.y * distance,
  });
  const anchor = out.x > 0.35 ? 'start' : out.x < -0.35 ? 'end' : 'middle';
  const written = (words: string, at: { x: number; y: number }) =>
    svgText(words, at.x, at.y + SMALL * 0.36, { size: SMALL, anchor });
  const spots = edge.places.map((at) => place(along(edge, at)));
  const ticks = spots.map((at) => `M${spot(at)}L${spot(beside(at, 5))}`);
  const middle = place(along(edge, 0));
  const line = `M${spot(place(along(edge, -1)))}L${spot(place(along(edge, 1)))}`;
  const away = 22 + widest * Math.abs(out.x) + SMALL * Math.abs(out.y);
  const named = beside(middle, away);
  const room = anchor === 'middle' ? NAME : anchor === 'start' ? width - 6 - named.x : named.x - 6;
  return [
    `<path d="${line}${ticks.join('')}" fill="none" stroke="${PAGE.axis}"/>`,
    ...edge.labels.map((label, i) => written(label, beside(spots[i]!, 9 + 3 * Math.abs(out.y)))),
    edge.axis === 2
      ? uprightText(name, middle.x - widest - 20, middle.y, NAME)
      : written(fitText(name, SMALL, room), named),
  ].join('\n');
}

/** One unit of the page away from the cube, at right angles to the edge as it is seen. */
function outward(place: Place, edge: Edge): { x: number; y: number } {
  if (edge.axis === 2) return { x: -1, y: 0 };
  const [start, end] = [place(along(edge, -1)), place(along(edge, 1))];
  const length = Math.max(1e-9, Math.hypot(end.x - start.x, end.y - start.y));
  const [x, y] = [(end.y - start.y) / length, -(end.x - start.x) / length];
  const [floor, middle] = [place([0, 0, -1]), place(edge.from)];
  const inwards = x * (middle.x - floor.x) + y * (middle.y - floor.y) < 0;
  return inwards ? { x: -x, y: -y } : { x, y };
}

const spot = ({ x, y }: { x: number; y: number }) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
