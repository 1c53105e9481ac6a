/** Points in space as they are seen from a direction: turned, with perspective, and ordered from the farthest to the nearest. */

export interface Turn {
  /** Radians around the upright axis, and then up or down. */
  readonly yaw: number;
  readonly pitch: number;
}

/** How far the eye is from the middle, where the points reach 1 from it. */
const EYE = 4;
const STEPS = 1024;

/** Places along three axes, scaled together so that they lie within a ball of radius 1 around 0, but for outliers. */
export class Space {
  private readonly places: readonly Float32Array[];
  readonly middle: readonly number[];
  readonly reach: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly depth: Float32Array;
  readonly order: Uint32Array;
  private readonly bins = new Uint32Array(STEPS + 1);

  constructor(places: readonly Float32Array[]) {
    this.places = places;
    const ends = places.map((axis) => {
      const sorted = axis.filter(Number.isFinite).sort();
      return sorted.length === 0
        ? [0, 0]
        : [sorted[Math.floor(sorted.length * 0.002)]!, sorted[Math.ceil((sorted.length - 1) * 0.998)]!];
    });
    this.middle = ends.map(([from, to]) => (from! + to!) / 2);
    this.reach = Math.max(...ends.map(([from, to]) => (to! - from!) / 2)) || 1;
    const count = places[0]!.length;
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.depth = new Float32Array(count);
    this.order = new Uint32Array(count);
  }

  /** A place as it is seen: across, up, and towards the eye. */
  seen(place: readonly number[], { yaw, pitch }: Turn): [number, number, number] {
    const [x, y, z] = place.map((value, k) => (value - this.middle[k]!) / this.reach) as [
      number,
      number,
      number,
    ];
    const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const back = cy * z - sy * x;
    const depth = sp * y + cp * back;
    const scale = EYE / Math.max(0.5, EYE - depth);
    return [(cy * x + sy * z) * scale, (cp * y - sp * back) * scale, depth];
  }

  /** The place in the plane through the middle that faces the eye. */
  placeAt(x: number, y: number, { yaw, pitch }: Turn): number[] {
    const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const back = -sp * y;
    const place = [cy * x - sy * back, cp * y, sy * x + cy * back];
    return place.map((value, k) => this.middle[k]! + value * this.reach);
  }

  /** Sees all points from a direction. */
  turn({ yaw, pitch }: Turn): void {
    const [xs, ys, zs] = this.places as [Float32Array, Float32Array, Float32Array];
    const [mx, my, mz] = this.middle as [number, number, number];
    const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const { x, y, depth, bins, order } = this;
    const share = 1 / this.reach;
    bins.fill(0);
    const binOf = (value: number) =>
      Math.min(STEPS - 1, Math.max(0, Math.floor((value / 4 + 0.5) * STEPS) || 0));
    for (let i = 0; i < xs.length; i++) {
      const [px, py, pz] = [(xs[i]! - mx) * share, (ys[i]! - my) * share, (zs[i]! - mz) * share];
      const back = cy * pz - sy * px;
      const towards = sp * py + cp * back;
      const scale = EYE / Math.max(0.5, EYE - towards);
      x[i] = (cy * px + sy * pz) * scale;
      y[i] = (cp * py - sp * back) * scale;
      depth[i] = towards;
      bins[binOf(towards) + 1]!++;
    }
    for (let bin = 0; bin < STEPS; bin++) bins[bin + 1]! += bins[bin]!;
    for (let i = 0; i < xs.length; i++) order[bins[binOf(depth[i]!)]!++] = i;
  }

  /** The image nearest to a place as seen, within a distance; of those that are about as near, the one in front. */
  nearest(x: number, y: number, radius: number, isShown: (index: number) => boolean): number | null {
    let [best, least]: [number | null, number] = [null, Infinity];
    for (let i = 0; i < this.x.length; i++) {
      const away = (this.x[i]! - x) ** 2 + (this.y[i]! - y) ** 2;
      if (!(away <= radius * radius) || !isShown(i)) continue;
      const rank = Math.sqrt(away) / radius - this.depth[i]!;
      if (rank < least) [best, least] = [i, rank];
    }
    return best;
  }
}

/** The corners of a cube around the points, and which of them an edge joins. */
export const CORNERS = Array.from({ length: 8 }, (_, i) => [i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1]);
export const EDGES = CORNERS.flatMap((_, i) =>
  [1, 2, 4].filter((bit) => (i & bit) === 0).map((bit) => [i, i | bit] as const),
);
