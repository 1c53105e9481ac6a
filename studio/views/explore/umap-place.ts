/**
 * Where codes lie on a plane that was made of other codes: at the weighted mean of the places of their nearest ones, with weights
 * that fall with the distance. It is where UMAP's own transformation begins (McInnes, Healy and Melville, 2018, section 4.3 of
 * its implementation), without the steps that follow; for each code it is exact and the same every time.
 */

export interface PlacedCodes {
  /** [count, units]. */
  readonly values: Float32Array;
  readonly units: number;
  /** [count, 2]. */
  readonly places: Float32Array;
}

/** @returns [rows, 2]. */
export function placedAmong(
  { values, units, places }: PlacedCodes,
  codes: Float32Array,
  neighbours: number,
): Float32Array {
  const count = values.length / units;
  const k = Math.min(neighbours, count);
  const rows = codes.length / units;
  const found = new Float32Array(2 * rows);
  const nearest = new Int32Array(k);
  const squares = new Float64Array(k);
  for (let row = 0; row < rows; row++) {
    const from = row * units;
    squares.fill(Infinity);
    for (let i = 0; i < count; i++) {
      const worst = squares[k - 1]!;
      let [sum, at] = [0, i * units];
      for (let u = 0; u < units; ) {
        // In steps of eight, so that most codes are given up early.
        const end = Math.min(units, u + 8);
        for (; u < end; u++, at++) {
          const difference = codes[from + u]! - values[at]!;
          sum += difference * difference;
        }
        if (sum >= worst) break;
      }
      if (sum >= worst) continue;
      let place = k - 1;
      while (place > 0 && squares[place - 1]! > sum) {
        squares[place] = squares[place - 1]!;
        nearest[place] = nearest[place - 1]!;
        place--;
      }
      squares[place] = sum;
      nearest[place] = i;
    }
    let total = 0;
    let [x, y] = [0, 0];
    const least = Math.sqrt(squares[0]!);
    let mean = 0;
    for (let j = 0; j < k; j++) mean += Math.sqrt(squares[j]!) / k;
    // Of neighbours that are all as near, each counts the same.
    const scale = mean - least > 1e-12 * mean ? mean - least : 1;
    for (let j = 0; j < k; j++) {
      const weight = Math.exp(-(Math.sqrt(squares[j]!) - least) / scale);
      total += weight;
      x += weight * places[2 * nearest[j]!]!;
      y += weight * places[2 * nearest[j]! + 1]!;
    }
    found[2 * row] = x / total;
    found[2 * row + 1] = y / total;
  }
  return found;
}
