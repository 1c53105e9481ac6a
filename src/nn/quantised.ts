/** Codes of few values: numbers that are rounded, with gradients that pass straight through the rounding. */
import { add, clip, mul, round, type Sym, sigmoid, straightThrough, sub } from '../graph/index.ts';

/**
 * Finite scalar quantisation (Mentzer et al., 2024): each number as one of `levels` whole numbers, 0 to levels − 1,
 * nearest to levels · σ(h) − ½. The sigmoid gives every level a share of 1 / levels of its range: with the paper's
 * tanh the outermost ones have half. The gradient is that of levels · σ(h) − ½.
 */
export function finiteScalars(h: Sym, levels: number): Sym {
  const bounded = sub(mul(sigmoid(h), levels), 0.5);
  // σ(h) of exactly 1 would round up to a level that is not there.
  return straightThrough(bounded, clip(round(bounded), 0, levels - 1));
}

/** Levels from 0 to levels − 1 as numbers from −1 to 1, which layers learn from more easily. */
export const centredLevels = (level: Sym, levels: number): Sym => add(mul(level, 2 / (levels - 1)), -1);
