/**
 * A drawing at the place and in the size of MNIST's digits: scaled to fit into 20 of 28 pixels, then moved so that its centre
 * of mass is in the middle (http://yann.lecun.com/exdb/mnist). The pen keeps its width.
 */
import { coverage, type ImageSize, radiusFor } from './raster.ts';
import { type Point, type Stroke, smooth } from './strokes.ts';

export interface Placed {
  readonly strokes: readonly Stroke[];
  /** What was done, in words; null if nothing was. */
  readonly note: string | null;
}

const BOX = 20 / 28;
/** A dot stays a dot. */
const LARGEST_SCALE = 4;

export function placedAsMnist(strokes: readonly Stroke[], size: ImageSize): Placed {
  const points = strokes.flatMap((stroke) => smooth(stroke.points));
  if (points.length === 0) return { strokes, note: null };
  const radius = radiusFor(size);
  const box = BOX * Math.min(size.height, size.width);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [least(xs), least(ys)];
  const extent = Math.max(greatest(xs) - left, greatest(ys) - top);
  const scale = extent === 0 ? 1 : Math.min(LARGEST_SCALE, (box - 2 * radius) / extent);
  const middle: Point = [(left + greatest(xs)) / 2, (top + greatest(ys)) / 2];
  const centre: Point = [size.width / 2, size.height / 2];
  const scaled = moved(strokes, ([x, y]) => [
    (x - middle[0]) * scale + centre[0],
    (y - middle[1]) * scale + centre[1],
  ]);
  const mass = centreOfMass(scaled, size, radius);
  // Where all the weight is on one side, MNIST's rule would push the other side out of the image.
  const reach = (near: number, far: number) => (scale * (far - near)) / 2 + radius;
  const [dx, dy] = [
    within(centre[0] - mass[0], centre[0] - reach(left, greatest(xs))),
    within(centre[1] - mass[1], centre[1] - reach(top, greatest(ys))),
  ];
  const placed = moved(scaled, ([x, y]) => [x + dx, y + dy]);
  return { strokes: placed, note: noteOf(scale, middle, mass, centre) };
}

// Math.min takes its numbers as arguments, and a long drawing has more than fit.
const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
const greatest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));

/** Between −most and most. */
export const within = (value: number, most: number): number =>
  Math.min(Math.max(0, most), Math.max(-Math.max(0, most), value));

const moved = (strokes: readonly Stroke[], move: (point: Point) => Point): Stroke[] =>
  strokes.map(({ points, colour }) => ({ colour, points: points.map(move) }));

/** Where the ink is on average. */
function centreOfMass(strokes: readonly Stroke[], size: ImageSize, radius: number): Point {
  const ink = new Float32Array(size.height * size.width);
  for (const { points } of strokes) {
    const covered = coverage(smooth(points), size, radius);
    for (let i = 0; i < ink.length; i++) ink[i] = Math.max(ink[i]!, covered[i]!);
  }
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < ink.length; i++) {
    sum += ink[i]!;
    x += ink[i]! * ((i % size.width) + 0.5);
    y += ink[i]! * (Math.floor(i / size.width) + 0.5);
  }
  return sum === 0 ? [size.width / 2, size.height / 2] : [x / sum, y / sum];
}

function noteOf(scale: number, middle: Point, mass: Point, centre: Point): string | null {
  const shift = Math.hypot(middle[0] - mass[0], middle[1] - mass[1]);
  const away = Math.hypot(middle[0] - centre[0], middle[1] - centre[1]);
  const steps: string[] = [];
  if (scale > 1.02) steps.push(`enlarged ${scale.toFixed(1)} times`);
  else if (scale < 0.98) steps.push(`reduced to ${Math.round(100 * scale)} %`);
  if (shift + away > 0.5) steps.push('moved so that its centre of mass is in the middle');
  if (steps.length === 0) return null;
  return `The drawing was ${steps.join(' and ')}, like the digits of MNIST.`;
}
