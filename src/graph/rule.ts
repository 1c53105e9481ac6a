/** What an operator's rule is: from the operands to the result's shape and element type, or what is wrong. */
import type { Shape } from './shape.ts';
import type { Attributes, DType, Sym } from './symbol.ts';

interface Result {
  shape: Shape;
  dtype: DType;
}

/** The rule an operator's operands broke; the constructor adds the operator, its scope and the shapes. */
export class Violation {
  readonly rule: string;
  constructor(rule: string) {
    this.rule = rule;
  }
}

type Inference = (inputs: readonly Sym[], attributes: Attributes) => Result | Violation;

export interface OperatorRule {
  operands: number | readonly [least: number, most: number];
  infer: Inference;
}
