/** A code as a picture: how its units lie in a grid, and what a brush does to one of them. */

export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** More units are no picture that one can paint. */
export const MOST_CELLS = 1024;

/** A grid as square as it can be without a gap, at most four times as wide as high; else the squarest with a gap. */
export function gridOf(units: number): Grid {
  for (let rows = Math.floor(Math.sqrt(units)); rows >= 1; rows--) {
    if (units % rows === 0 && units / rows <= 4 * rows) return { columns: units / rows, rows };
  }
  const columns = Math.ceil(Math.sqrt(units));
  return { columns, rows: Math.ceil(units / columns) };
}

/** The cell next to one, by an arrow key; the same one at an edge. */
export function neighbour(cell: number, key: string, { columns }: Grid, units: number): number {
  const column = cell % columns;
  const to = {
    ArrowLeft: column > 0 ? cell - 1 : cell,
    ArrowRight: column < columns - 1 ? cell + 1 : cell,
    ArrowUp: cell - columns,
    ArrowDown: cell + columns,
    Home: 0,
    End: units - 1,
  }[key];
  return to === undefined || to < 0 || to >= units ? cell : to;
}

/** Where a value is in its range, from 0 to 1. */
export function shareOf(value: number, from: number, to: number): number {
  return to > from ? Math.min(1, Math.max(0, (value - from) / (to - from))) : 0.5;
}
