/**
 * RMSProp (Tieleman, Hinton: Lecture 6.5 of "Neural Networks for Machine Learning", 2012) as PyTorch defines it,
 * not centred, one pass over parameter, gradient, mean square and velocity.
 */

import { flush, flushSquare } from './flush';
import { move, SPARE0, SPARE1, SPARE2, SPARE3 } from './tail';

/** Updates four parameters; a `velocity` of 0 means none. */
// @ts-ignore: decorator
@inline
function update(
  p: usize, g: usize, square: usize, velocity: usize,
  rate: v128, alpha: v128, beta: v128, eps: v128, momentum: v128, l2: v128, shrink: v128, gradScale: v128,
): void {
  const value = v128.load(p);
  const gradient = flush(f32x4.add(f32x4.mul(v128.load(g), gradScale), f32x4.mul(value, l2)));
  const mean = flushSquare(
    f32x4.add(f32x4.mul(v128.load(square), alpha), f32x4.mul(f32x4.mul(gradient, gradient), beta)),
  );
  v128.store(square, mean);
  let change = f32x4.div(gradient, f32x4.add(f32x4.sqrt(mean), eps));
  if (velocity) {
    change = flush(f32x4.add(f32x4.mul(v128.load(velocity), momentum), change));
    v128.store(velocity, change);
  }
  v128.store(p, f32x4.sub(f32x4.mul(value, shrink), f32x4.mul(rate, change)));
}

/**
 *     g ← gradScale g + (decoupled ? 0 : weightDecay p)
 *     square ← α square + (1 - α) g²
 *     velocity ← momentum velocity + g / (√square + ε)
 *     p ← (decoupled ? 1 - lr weightDecay : 1) p - lr velocity
 *
 * With momentum 0 the velocity is not touched and its address may be 0.
 */
export function rmsprop(
  p: usize, g: usize, square: usize, velocity: usize, n: u32,
  lr: f64, alpha: f64, eps: f64, momentum: f64, weightDecay: f64, decoupled: bool, gradScale: f64,
): void {
  const rates = f32x4.splat(<f32>lr);
  const alphas = f32x4.splat(<f32>alpha);
  const betas = f32x4.splat(<f32>(1 - alpha));
  const epsilon = f32x4.splat(<f32>eps);
  const momenta = f32x4.splat(<f32>momentum);
  const l2 = f32x4.splat(decoupled ? 0 : <f32>weightDecay);
  const shrink = f32x4.splat(decoupled ? <f32>(1 - lr * weightDecay) : 1);
  const scale = f32x4.splat(<f32>gradScale);
  const moving = momentum != 0;

  const end = p + 4 * <usize>(n & ~3);
  if (moving) {
    for (; p < end; p += 16, g += 16, square += 16, velocity += 16) {
      update(p, g, square, velocity, rates, alphas, betas, epsilon, momenta, l2, shrink, scale);
    }
  } else {
    for (; p < end; p += 16, g += 16, square += 16) {
      update(p, g, square, 0, rates, alphas, betas, epsilon, momenta, l2, shrink, scale);
    }
  }
  const rest = n & 3;
  if (rest == 0) return;
  move(SPARE0, p, rest);
  move(SPARE1, g, rest);
  move(SPARE2, square, rest);
  if (moving) move(SPARE3, velocity, rest);
  const spare = moving ? SPARE3 : 0;
  update(SPARE0, SPARE1, SPARE2, spare, rates, alphas, betas, epsilon, momenta, l2, shrink, scale);
  move(p, SPARE0, rest);
  move(square, SPARE2, rest);
  if (moving) move(velocity, SPARE3, rest);
}
