/**
 * Limited-memory BFGS: the minimum of a smooth convex function, from its value and gradient alone. Newton's
 * method with a curvature that is remembered from the last few steps. Deterministic, in double precision.
 *
 * Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5. Steps are halved until they satisfy
 * Hager & Zhang (2005), A new conjugate gradient method with guaranteed descent, conditions 4.1 or 4.3.
 */

/** A function's value and gradient at a point. */
export type Objective = (
  point: Float64Array,
) => Promise<{ readonly value: number; readonly gradient: Float64Array }>;

export interface MinimiseSettings {
  /** The search ends where no component of the gradient is larger. */
  tolerance: number;
  maxIterations: number;
}

export interface Minimum {
  point: Float64Array;
  value: number;
  iterations: number;
  /** Whether the gradient came below the tolerance. */
  converged: boolean;
}

/** A step and how the gradient changed over it. */
interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** ⟨step, change⟩, the curvature along the step: positive where the function is convex. */
  curvature: number;
}

/** Steps remembered. */
const MEMORY = 10;
/** The part of the promised decrease that a step must keep. */
const SUFFICIENT = 1e-4;
/** The precision of a value, per 1 + |value|: it may have been worked out in float32. */
const PRECISION = 1e-6;
const MAX_HALVINGS = 30;

export async function minimise(
  objective: Objective,
  start: Float64Array,
  { tolerance, maxIterations }: MinimiseSettings,
): Promise<Minimum> {
  let point = start;
  let { value, gradient } = await objective(point);
  const pairs: Pair[] = [];
  for (let iterations = 0; ; iterations++) {
    const steepest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const converged = steepest <= tolerance;
    if (converged || iterations === maxIterations) return { point, value, iterations, converged };

    const direction = descent(gradient, pairs);
    const slope = dot(direction, gradient);
    // Nothing is known of the curvature at first: a step of length 1 or less, then what the pairs suggest.
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let next = sum(point, length, direction);
    let found = await objective(next);
    const isGood = () => {
      if (found.value <= value + SUFFICIENT * length * slope) return true;
      // Close to the minimum the decrease is lost in rounding. The slope still tells whether the step overshot.
      const asLow = found.value <= value + PRECISION * (1 + Math.abs(value));
      return asLow && dot(direction, found.gradient) <= (2 * SUFFICIENT - 1) * slope;
    };
    for (let halvings = 0; !isGood(); halvings++) {
      if (halvings === MAX_HALVINGS) return { point, value, iterations, converged };
      length /= 2;
      next = sum(point, length, direction);
      found = await objective(next);
    }
    const change = sum(found.gradient, -1, gradient);
    const step = sum(next, -1, point);
    const curvature = dot(step, change);
    if (curvature > 0) {
      pairs.push({ step, change, curvature });
      if (pairs.length > MEMORY) pairs.shift();
    }
    point = next;
    ({ value, gradient } = found);
  }
}

/** −H g, with H the inverse curvature that the pairs remember: the two-loop recursion. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  let direction: Float64Array = gradient.map((g) => -g);
  const weights: number[] = [];
  for (const { step, change, curvature } of pairs.toReversed()) {
    const weight = dot(step, direction) / curvature;
    direction = sum(direction, -weight, change);
    weights.push(weight);
  }
  const newest = pairs.at(-1);
  if (newest !== undefined) {
    const scale = newest.curvature / dot(newest.change, newest.change);
    direction = direction.map((d) => d * scale);
  }
  for (const { step, change, curvature } of pairs) {
    const weight = weights.pop()! - dot(change, direction) / curvature;
    direction = sum(direction, weight, step);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** a + factor · b. */
function sum(a: Float64Array, factor: number, b: Float64Array): Float64Array {
  return a.map((value, i) => value + factor * b[i]!);
}
