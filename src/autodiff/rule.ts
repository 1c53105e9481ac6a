import type { Sym } from '../graph/index.ts';

/** From a result and its gradient to the gradient by each operand; see `rules.ts`. */
export type GradientRule = (y: Sym, g: Sym) => readonly (Sym | null)[];
