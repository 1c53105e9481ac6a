/** Points in space, coloured by class: codes of a model with three units. */
import { checkFinite, extent, wrong } from './checks.ts';
import { type Classes, checkClasses, classLegend, classNames, dotSize, dots, medians } from './classes.ts';
import { drawCube } from './cube.ts';
import { heading, page } from './page.ts';
import { type Point3, projection } from './projection.ts';
import { paddedScale, type Scale } from './ticks.ts';

export interface Scatter3dOptions extends Classes {
  title: string;
  subtitle?: string;
  /** [n, 3], point by point. */
  points: Float32Array;
  /** Names of the axes; the third stands upright. */
  axes: readonly [string, string, string];
  /** Degrees the viewer stands around the third axis; default 35. */
  azimuth?: number;
  /** Degrees the viewer stands above the floor, 5 to 75; default 22. */
  elevation?: number;
}

const WIDTH = 620;
const MARGIN = 16;
/** The room that the labels need at the left and right of the cube. */
const ASIDE = 84;
/** Points are drawn from the far ones to the near ones in this many layers, fainter and smaller the farther. */
const LAYERS = 12;

/** The picture of a scatter in a cube that fits the points, seen mildly in perspective. */
export function scatter3d(options: Scatter3dOptions): string {
  const { points, classes, azimuth = 35, elevation = 22 } = options;
  check(options);
  const head = heading(options, { x: MARGIN, y: 13, width: WIDTH - 2 * MARGIN });
  const names = classLegend(classes, {
    ...{ x: MARGIN, y: head.bottom + 3, width: WIDTH - 2 * MARGIN },
  });
  const top = head.bottom + 3 + names.height + 14;

  // The cube is drawn as wide as the page lets it be.
  const unit = cubeSize(projection({ azimuth, elevation }, 1));
  const scale = (WIDTH - 2 * ASIDE) / Math.max(unit.right - unit.left, 0.9 * (unit.bottom - unit.top));
  const project = projection({ azimuth, elevation }, scale);
  const size = cubeSize(project);
  const place = (point: Point3) => {
    const { x, y, near } = project(point);
    return { x: WIDTH / 2 + x - (size.left + size.right) / 2, y: top + y - size.top, near };
  };
  const scales = [0, 1, 2].map((axis) => axisScale(points, axis)) as unknown as [Scale, Scale, Scale];
  const bottom = top + size.bottom - size.top;
  const parts = [
    ...[...head.parts, names.svg],
    ...drawCube(place, project.side, scales, options.axes, WIDTH),
    ...drawPoints(options, scales, place),
    ...classNames(classes, namePlaces(options, scales, place), {
      ...{ left: MARGIN, right: WIDTH - MARGIN, top, bottom },
    }),
  ];
  return page(WIDTH, Math.ceil(bottom + 48), options.title, parts);
}

type Place = (point: Point3) => { x: number; y: number; near: number };

/** What the cube takes of the page, around the projection's middle. */
function cubeSize(project: Place) {
  const corners = Array.from({ length: 8 }, (_, i) =>
    project([i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1]),
  );
  const [left, right] = extent(corners.map((corner) => corner.x));
  const [top, bottom] = extent(corners.map((corner) => corner.y));
  return { left, right, top, bottom };
}

const column = (points: Float32Array, axis: number) =>
  Float32Array.from({ length: points.length / 3 }, (_, i) => points[i * 3 + axis]!);

const axisScale = (points: Float32Array, axis: number) => paddedScale(...extent(column(points, axis)), 5);

/** A point of the data within the cube. */
function cubed(scales: readonly Scale[], values: ArrayLike<number>): Point3 {
  const inside = ({ min, max }: Scale, i: number) => (2 * (values[i]! - min)) / (max - min) - 1;
  return scales.map(inside) as unknown as Point3;
}

/** The dots by layers of equal depth, far ones first. */
function drawPoints(of: Scatter3dOptions, scales: readonly Scale[], place: Place): string[] {
  const n = of.labels.length;
  const placed = Array.from({ length: n }, (_, i) =>
    place(cubed(scales, of.points.subarray(3 * i, 3 * i + 3))),
  );
  const at = { x: placed.map((point) => point.x), y: placed.map((point) => point.y) };
  const [far, near] = extent(placed.map((point) => point.near));
  const layers: number[][] = Array.from({ length: LAYERS }, () => []);
  placed.forEach((point, i) => {
    const depth = near > far ? (point.near - far) / (near - far) : 1;
    layers[Math.min(LAYERS - 1, Math.floor(depth * LAYERS))]!.push(i);
  });
  return layers.flatMap((chosen, layer) => {
    const nearness = layer / (LAYERS - 1);
    const size = Math.round(dotSize(n) * (0.9 + 0.35 * nearness) * 10) / 10;
    const opacity = Math.round((0.35 + 0.5 * nearness) * 100) / 100;
    return dots(of, at, chosen, { size, opacity, turn: layer });
  });
}

function namePlaces(of: Scatter3dOptions, scales: readonly Scale[], place: Place) {
  const middles = medians(
    of,
    [0, 1, 2].map((axis) => column(of.points, axis)),
  );
  return middles.map((middle) => {
    if (middle === null) return null;
    const { x, y } = place(cubed(scales, middle));
    return [x, y];
  });
}

function check({ points, azimuth = 35, elevation = 22, ...of }: Scatter3dOptions): void {
  if (points.length === 0 || points.length % 3 !== 0) {
    throw wrong('points', 'must be three values for each of one or more points', `${points.length} values`);
  }
  checkFinite('points', points);
  checkFinite('azimuth', [azimuth]);
  if (!(elevation >= 5 && elevation <= 75))
    throw wrong('elevation', 'must be 5 to 75 degrees', String(elevation));
  checkClasses(of, points.length / 3);
}
