/** A cube seen from a direction: from [−1, 1]³ to the page, mildly in perspective. */

export type Point3 = readonly [number, number, number];

export interface View {
  /** Degrees around the third axis: 0 looks along the first axis, 90 along the second. */
  azimuth: number;
  /** Degrees above the floor. */
  elevation: number;
}

export interface Projection {
  /** Units right and down on the page, and nearness: about −1.7 (far) … 1.7 (near). */
  (point: Point3): { x: number; y: number; near: number };
  /** On which side of the cube the viewer is, for the first axis and the second: −1 or 1. */
  side: readonly [number, number];
}

/** The viewer's distance from the middle, in half edges of the cube. */
const DISTANCE = 9;

/** The projection of the cube, `scale` units of the page for half an edge in its middle, around (0, 0). */
export function projection({ azimuth, elevation }: View, scale: number): Projection {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  const toViewer: Point3 = [Math.cos(a) * Math.cos(e), Math.sin(a) * Math.cos(e), Math.sin(e)];
  const right: Point3 = [-Math.sin(a), Math.cos(a), 0];
  const up: Point3 = [-Math.cos(a) * Math.sin(e), -Math.sin(a) * Math.sin(e), Math.cos(e)];
  const project = (point: Point3) => {
    const near = dot(point, toViewer);
    const size = (scale * DISTANCE) / (DISTANCE - near);
    return { x: dot(point, right) * size, y: -dot(point, up) * size, near };
  };
  const sign = (value: number) => (value < 0 ? -1 : 1);
  return Object.assign(project, { side: [sign(toViewer[0]), sign(toViewer[1])] as const });
}

const dot = (a: Point3, b: Point3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
