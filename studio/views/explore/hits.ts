/** Which image is at a place of a plane. */
import KDBush from 'kdbush';

/** Distances in pixels: the axes may have scales of their own. */
export interface Scales {
  readonly across: number;
  readonly up: number;
}

export class Hits {
  private index: { tree: KDBush; ids: Uint32Array } | undefined;

  private readonly x: Float32Array;
  private readonly y: Float32Array;

  constructor(x: Float32Array, y: Float32Array) {
    this.x = x;
    this.y = y;
  }

  /** Made when it is first needed: the first picture does not wait for it. */
  private made() {
    if (this.index !== undefined) return this.index;
    const ids = Uint32Array.from(this.x.keys()).filter(
      (i) => Number.isFinite(this.x[i]!) && Number.isFinite(this.y[i]!),
    );
    const tree = new KDBush(Math.max(1, ids.length), 64, Float32Array);
    if (ids.length === 0) tree.add(Infinity, Infinity);
    for (const i of ids) tree.add(this.x[i]!, this.y[i]!);
    tree.finish();
    return (this.index = { tree, ids });
  }

  /** The nearest image within so many pixels, of those that are shown; null if there is none. */
  nearest(
    x: number,
    y: number,
    radius: number,
    { across, up }: Scales,
    isShown: (index: number) => boolean,
  ): number | null {
    const { tree, ids } = this.made();
    let [best, least]: [number | null, number] = [null, radius * radius];
    const [dx, dy] = [radius / across, radius / up];
    for (const at of tree.range(x - dx, y - dy, x + dx, y + dy)) {
      const i = ids[at];
      if (i === undefined || !isShown(i)) continue;
      const away = ((this.x[i]! - x) * across) ** 2 + ((this.y[i]! - y) * up) ** 2;
      if (away <= least) [best, least] = [i, away];
    }
    return best;
  }
}
