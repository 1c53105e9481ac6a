/** Planes of grey values, and their scaling by the mean over the area that a pixel covers. */

export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Where a plane goes: a place x of it is at x · scale + shift. */
export interface Placement {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** The plane at its place on a ground of another size. */
export function resample(
  plane: Plane,
  to: { readonly width: number; readonly height: number },
  { scaleX, scaleY, shiftX, shiftY }: Placement,
  ground: number,
): Plane {
  const values = new Float32Array(to.width * to.height);
  const columns = Array.from({ length: to.width }, (_, x) => shares(x, scaleX, shiftX, plane.width));
  for (let y = 0; y < to.height; y++) {
    const rows = shares(y, scaleY, shiftY, plane.height);
    for (let x = 0; x < to.width; x++) {
      let [sum, covered] = [0, 0];
      for (const [row, down] of rows) {
        for (const [column, across] of columns[x]!) {
          sum += down * across * plane.values[row * plane.width + column]!;
          covered += down * across;
        }
      }
      values[y * to.width + x] = sum + (1 - covered) * ground;
    }
  }
  return { ...to, values };
}

/** The source pixels under a target pixel along one axis, and the share of the target pixel that each covers. */
function shares(
  target: number,
  scale: number,
  shift: number,
  size: number,
): [place: number, share: number][] {
  const [from, to] = [(target - shift) / scale, (target + 1 - shift) / scale];
  const found: [number, number][] = [];
  for (let place = Math.max(0, Math.floor(from)); place < Math.min(size, Math.ceil(to)); place++) {
    const share = (Math.min(to, place + 1) - Math.max(from, place)) / (to - from);
    if (share > 0) found.push([place, share]);
  }
  return found;
}
