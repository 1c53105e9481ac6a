/** Curves with fewer points that look the same. */

export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/**
 * A curve with at most `most` points, for a chart that is narrower than that: of each stretch of neighbours the least and the
 * greatest value stay, in their order, so that no peak is lost. The first and the last point stay.
 */
export function thinned({ x, y }: Curve, most: number): Curve {
  if (x.length <= most) return { x, y };
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const kept: number[] = [0];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = 1 + Math.floor((stretch * (x.length - 2)) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * (x.length - 2)) / stretches);
    let [least, greatest] = [-1, -1];
    for (let i = from; i < to; i++) {
      const value = y[i];
      if (value === null || value === undefined) continue;
      if (least < 0 || value < y[least]!) least = i;
      if (greatest < 0 || value > y[greatest]!) greatest = i;
    }
    if (least >= 0) kept.push(Math.min(least, greatest));
    if (greatest >= 0 && greatest !== least) kept.push(Math.max(least, greatest));
  }
  kept.push(x.length - 1);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i] ?? null) };
}
