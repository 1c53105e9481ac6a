/** Several rows of each image, as the codes that are drawn for it: those of one image lie side by side. */
import { add, BATCH, constant, type Dim, multipleOf, reshape, type Sym, times } from '../graph/index.ts';

/** The first dimension of so many rows for each image. */
export const rowsDim = (each: number): Dim => (each === 1 ? BATCH : times(each, BATCH));

/** How many rows of x belong to one image. */
export function rowsOfImage(x: Sym): number {
  const [rows] = x.shape;
  return typeof rows === 'string' ? multipleOf(rows).factor : 1;
}

/** Each row of x, [N, width], `each` times: [each · N, width]. */
export function repeatRows(x: Sym, each: number): Sym {
  if (each === 1) return x;
  const [rows, width] = x.shape as [Dim, number];
  const side = add(reshape(x, [rows, 1, width]), constant(new Array<number>(each).fill(0), [1, each, 1]));
  return reshape(side, [rowsDim(each), width]);
}
