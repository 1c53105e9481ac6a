/**
 * Vector quantisation with a codebook that follows the encoder (van den Oord et al., 2017): each entry is the running
 * mean of the vectors that were nearest to it, which is an online k-means. It begins with the k-means centres of the first
 * batch's vectors (training/codebooks.ts); an entry that is out of use begins again with a vector of the batch.
 */
import {
  add,
  argMin,
  cast,
  constant,
  div,
  equal,
  gather,
  gemm,
  greater,
  mul,
  reduceSum,
  reshape,
  type Sym,
  square,
  stopGradient,
  sub,
  where,
} from '../graph/index.ts';
import type { Network } from './network.ts';

export interface CodebookSettings {
  /** Vectors of the codebook. */
  entries: number;
  /** How much of an entry, and of its use, a step keeps. */
  decay: number;
  /** An entry with less than this share of an even use begins again. */
  restartBelow: number;
  /** Vectors of one image. */
  positions: number;
}

/** The nearest entry of each vector, [rows, width]: its number, int64 [rows], and the entry itself. No gradient flows. */
export function nearestEntries(
  net: Network,
  vectors: Sym,
  settings: CodebookSettings,
): { index: Sym; chosen: Sym } {
  const { entries } = settings;
  const width = vectors.shape[1] as number;
  const h = stopGradient(vectors);
  const book = net.state('codebook', [entries, width], 0);
  const use = net.state('use', [entries], 0);
  net.codebooks.push({ book, use, vectors: h });
  const current =
    net.mode === 'train' ? restarted(net, h, book.symbol, use.symbol, settings) : { book: book.symbol };
  // ‖h − e‖² without ‖h‖², which is the same for all entries.
  const distances = add(
    gemm(h, current.book, { transB: true, alpha: -2 }),
    reduceSum(square(current.book), [1]),
  );
  const index = argMin(distances, 1);
  if (current.use !== undefined) {
    const numbers = reshape(cast(index, 'float32'), [index.shape[0]!, 1]);
    const is = cast(equal(numbers, constant([...new Array(entries).keys()], [entries])), 'float32');
    const perVector = mul(net.inverseBatch, (1 - settings.decay) / settings.positions);
    const before = mul(current.use, settings.decay);
    const after = add(before, mul(reduceSum(is, [0]), perVector));
    const sums = mul(gemm(is, h, { transA: true }), perVector);
    const column = (x: Sym) => reshape(x, [entries, 1]);
    use.next = after;
    book.next = div(add(mul(current.book, column(before)), sums), column(after));
  }
  return { index, chosen: gather(current.book, index) };
}

/** Entries out of use take random vectors of the batch, with an even share of the use. */
function restarted(
  net: Network,
  h: Sym,
  book: Sym,
  use: Sym,
  { entries, restartBelow, positions }: CodebookSettings,
): { book: Sym; use?: Sym } {
  // The fraction of a sum of uniform numbers is uniform: so one number for each entry is made of one for each image.
  const sum = reduceSum(net.random('restart', [entries], { type: 'uniform' }), [0]);
  const fraction = sub(sum, cast(cast(sum, 'int64'), 'float32'));
  // A little less than 1, so that no rounding leads beyond the last vector.
  const chosen = cast(mul(mul(fraction, 0.9999 * positions), div(1, net.inverseBatch)), 'int64');
  const isOut = greater(restartBelow / entries, use);
  return {
    book: where(reshape(isOut, [entries, 1]), gather(h, chosen), book),
    use: where(isOut, 1 / entries, use),
  };
}
