/**
 * Numbers too small to matter, taken for 0. Moments decay geometrically and fall below 1e-38 after some 700
 * steps without a gradient; arithmetic on such subnormal numbers is ten times slower, and WebAssembly has no
 * switch for it.
 */

/** Smaller gradients have a square, and smaller moments a step, below the subnormal limit. */
const LEAST: f32 = 1e-18;
/** The same for moments of squares. */
const LEAST_SQUARE: f32 = 1e-36;

/** x, or 0 where |x| < 1e-18; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(LEAST)));
}

/** x, or 0 where x < 1e-36; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function flushSquare(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(x, f32x4.splat(LEAST_SQUARE)));
}
