/** The shapes of points as lists of pixels with their opacity, made once for a size and then stamped. */

/** The pixels of a shape, as offsets from the one that the point is in. */
export interface Stamp {
  readonly dx: Int8Array;
  readonly dy: Int8Array;
  /** 0 to 256. */
  readonly alpha: Uint16Array;
  /** How far the pixels reach from the point. */
  readonly reach: number;
}

/** Whether a point (from −1 to 1, y down) is within the shape. */
type Shape = (x: number, y: number) => boolean;

const triangle: Shape = (x, y) => y <= 0.75 && y >= -1 && Math.abs(x) <= (y + 1) * 0.58;
const plus: Shape = (x, y) =>
  (Math.abs(x) < 0.34 && Math.abs(y) <= 1) || (Math.abs(y) < 0.34 && Math.abs(x) <= 1);
const turned =
  (shape: Shape): Shape =>
  (x, y) =>
    shape((x + y) * Math.SQRT1_2, (y - x) * Math.SQRT1_2);

/** Each has about the area of the circle. */
export const SHAPES: readonly { name: string; holds: Shape }[] = [
  { name: 'circle', holds: (x, y) => x * x + y * y <= 1 },
  { name: 'square', holds: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.86 },
  { name: 'triangle', holds: (x, y) => triangle(x / 1.2, y / 1.2) },
  { name: 'cross', holds: turned((x, y) => plus(x / 1.15, y / 1.15)) },
  { name: 'diamond', holds: (x, y) => Math.abs(x) + Math.abs(y) <= 1.2 },
  { name: 'plus', holds: (x, y) => plus(x / 1.15, y / 1.15) },
  { name: 'ring', holds: (x, y) => x * x + y * y <= 1.21 && x * x + y * y >= 0.4 },
  { name: 'triangle down', holds: (x, y) => triangle(x / 1.2, -y / 1.2) },
  { name: 'bar', holds: (x, y) => Math.abs(y) <= 0.42 && Math.abs(x) <= 1.3 },
  { name: 'post', holds: (x, y) => Math.abs(x) <= 0.42 && Math.abs(y) <= 1.3 },
];

/** The shape of a class. Colours repeat after ten classes on dark; together with the shape, the first hundred classes differ. */
export const shapeOf = (group: number): number => (group + Math.floor(group / SHAPES.length)) % SHAPES.length;

/** Points looked at within each pixel, across and down: the edges are smooth. */
const FINE = 6;

/** @param radius in pixels of the canvas. @param opacity from 0 to 1. */
export function stampOf(shape: number, radius: number, opacity: number): Stamp {
  const { holds } = SHAPES[shape % SHAPES.length]!;
  const reach = Math.ceil(radius * 1.3 - 0.5);
  const found: [number, number, number][] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      let inside = 0;
      for (let i = 0; i < FINE * FINE; i++) {
        const x = dx + ((i % FINE) + 0.5) / FINE - 0.5;
        const y = dy + (Math.floor(i / FINE) + 0.5) / FINE - 0.5;
        if (holds(x / radius, y / radius)) inside++;
      }
      const alpha = Math.round((256 * opacity * inside) / FINE ** 2);
      if (alpha > 0) found.push([dx, dy, alpha]);
    }
  }
  return {
    dx: Int8Array.from(found, ([dx]) => dx),
    dy: Int8Array.from(found, ([, dy]) => dy),
    alpha: Uint16Array.from(found, ([, , alpha]) => alpha),
    reach,
  };
}
