/** The assignment problem: rows to columns, one to one, at the least cost. */

/**
 * The column of each row so that Σ cost[row][column] is least, by shortest augmenting paths with potentials
 * (Kuhn, 1955; Jonker & Volgenant, 1987), O(n³).
 * @param cost [n, n], finite.
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const n = cost.length;
  // Place 0 of each is a helper: the column from which a search begins.
  const rowPotential = new Float64Array(n + 1);
  const columnPotential = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1);
  const previous = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    let column = 0;
    const distance = new Float64Array(n + 1).fill(Infinity);
    const done = new Uint8Array(n + 1);
    do {
      done[column] = 1;
      const from = rowOf[column]!;
      let [least, next] = [Infinity, 0];
      for (let c = 1; c <= n; c++) {
        if (done[c]) continue;
        const reduced = cost[from - 1]![c - 1]! - rowPotential[from]! - columnPotential[c]!;
        if (reduced < distance[c]!) {
          distance[c] = reduced;
          previous[c] = column;
        }
        if (distance[c]! < least) [least, next] = [distance[c]!, c];
      }
      for (let c = 0; c <= n; c++) {
        if (done[c]) {
          rowPotential[rowOf[c]!]! += least;
          columnPotential[c]! -= least;
        } else distance[c]! -= least;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const before = previous[column]!;
      rowOf[column] = rowOf[before]!;
      column = before;
    }
  }
  const columnOf = new Array<number>(n);
  for (let c = 1; c <= n; c++) columnOf[rowOf[c]! - 1] = c - 1;
  return columnOf;
}
