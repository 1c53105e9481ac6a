/**
 * Adam (Kingma, Ba: "Adam: A Method for Stochastic Optimization", ICLR 2015), one pass over parameter, gradient
 * and both moments; with decoupled weight decay AdamW (Loshchilov, Hutter: "Decoupled Weight Decay
 * Regularization", ICLR 2019).
 */

import { flush } from './flush';
import { move, SPARE0, SPARE1, SPARE2, SPARE3 } from './tail';

/**
 * The least |g| that v takes in: its square keeps v above the subnormal numbers, and is far too small next to ε
 * to count.
 */
const LEAST_GRADIENT: f32 = 1e-17;

/** The moments of four parameters from their gradients, and the change that follows. */
// @ts-ignore: decorator
@inline
function change(gradient: v128, m: usize, v: usize, b1: v128, c1: v128, b2: v128, c2: v128, rate: v128, eps: v128): v128 {
  const size = f32x4.pmax(f32x4.abs(gradient), f32x4.splat(LEAST_GRADIENT));
  const first = flush(f32x4.add(f32x4.mul(v128.load(m), b1), f32x4.mul(gradient, c1)));
  const second = f32x4.add(f32x4.mul(v128.load(v), b2), f32x4.mul(f32x4.mul(c2, size), size));
  v128.store(m, first);
  v128.store(v, second);
  return f32x4.div(f32x4.mul(first, rate), f32x4.add(f32x4.sqrt(second), eps));
}

// @ts-ignore: decorator
@inline
function update(
  p: usize, g: usize, m: usize, v: usize,
  b1: v128, c1: v128, b2: v128, c2: v128, rate: v128, eps: v128, l2: v128, shrink: v128, gradScale: v128,
): void {
  const value = v128.load(p);
  const gradient = f32x4.add(f32x4.mul(v128.load(g), gradScale), f32x4.mul(value, l2));
  const step = change(gradient, m, v, b1, c1, b2, c2, rate, eps);
  v128.store(p, f32x4.sub(f32x4.mul(value, shrink), step));
}

/** The same where nothing decays and nothing is clipped, the common case: the same bits, a fifth faster. */
// @ts-ignore: decorator
@inline
function updatePlain(
  p: usize, g: usize, m: usize, v: usize,
  b1: v128, c1: v128, b2: v128, c2: v128, rate: v128, eps: v128,
): void {
  const step = change(v128.load(g), m, v, b1, c1, b2, c2, rate, eps);
  v128.store(p, f32x4.sub(v128.load(p), step));
}

/**
 *     g ← gradScale g + (decoupled ? 0 : weightDecay p)
 *     m ← β₁ m + (1 - β₁) g                                v ← β₂ v + (1 - β₂) g²
 *     p ← (decoupled ? 1 - lr weightDecay : 1) p - lr (m / bc₁) / (√v / √bc₂ + ε)
 *
 * with bcₖ = 1 - βₖᵗ after t steps, this one included. The last line is computed as
 * lr √bc₂ / bc₁ · m / (√v + ε √bc₂): one division, one root.
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, n: u32,
  lr: f64, beta1: f64, beta2: f64, eps: f64, biasCorrection1: f64, biasCorrection2: f64,
  weightDecay: f64, decoupled: bool, gradScale: f64,
): void {
  const root = Math.sqrt(biasCorrection2);
  const b1 = f32x4.splat(<f32>beta1);
  const c1 = f32x4.splat(<f32>(1 - beta1));
  const b2 = f32x4.splat(<f32>beta2);
  const c2 = f32x4.splat(<f32>(1 - beta2));
  const rate = f32x4.splat(<f32>((lr * root) / biasCorrection1));
  const epsilon = f32x4.splat(<f32>(eps * root));
  const l2 = f32x4.splat(decoupled ? 0 : <f32>weightDecay);
  const shrink = f32x4.splat(decoupled ? <f32>(1 - lr * weightDecay) : 1);
  const scale = f32x4.splat(<f32>gradScale);

  if (gradScale == 1 && weightDecay == 0) {
    for (const end = p + 4 * <usize>(n & ~7); p < end; p += 32, g += 32, m += 32, v += 32) {
      updatePlain(p, g, m, v, b1, c1, b2, c2, rate, epsilon);
      updatePlain(p + 16, g + 16, m + 16, v + 16, b1, c1, b2, c2, rate, epsilon);
    }
    n &= 7;
  }
  for (const end = p + 4 * <usize>(n & ~3); p < end; p += 16, g += 16, m += 16, v += 16) {
    update(p, g, m, v, b1, c1, b2, c2, rate, epsilon, l2, shrink, scale);
  }
  const rest = n & 3;
  if (rest == 0) return;
  move(SPARE0, p, rest);
  move(SPARE1, g, rest);
  move(SPARE2, m, rest);
  move(SPARE3, v, rest);
  update(SPARE0, SPARE1, SPARE2, SPARE3, b1, c1, b2, c2, rate, epsilon, l2, shrink, scale);
  move(p, SPARE0, rest);
  move(m, SPARE2, rest);
  move(v, SPARE3, rest);
}
