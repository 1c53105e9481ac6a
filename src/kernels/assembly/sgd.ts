/**
 * Stochastic gradient descent with momentum (Polyak, 1964) or Nesterov's (Sutskever et al.: "On the importance
 * of initialization and momentum in deep learning", ICML 2013) as PyTorch defines them, in one pass.
 */

import { flush } from './flush';
import { move, SPARE0, SPARE1, SPARE2 } from './tail';

/** Updates four parameters; a `velocity` of 0 means none. */
// @ts-ignore: decorator
@inline
function update(
  p: usize, g: usize, velocity: usize,
  rate: v128, momentum: v128, ahead: v128, own: v128, l2: v128, shrink: v128, gradScale: v128,
): void {
  const value = v128.load(p);
  let change = f32x4.add(f32x4.mul(v128.load(g), gradScale), f32x4.mul(value, l2));
  if (velocity) {
    const next = flush(f32x4.add(f32x4.mul(v128.load(velocity), momentum), change));
    v128.store(velocity, next);
    change = f32x4.add(f32x4.mul(next, ahead), v128.and(change, own));
  }
  v128.store(p, f32x4.sub(f32x4.mul(value, shrink), f32x4.mul(rate, change)));
}

/**
 *     g ← gradScale g + (decoupled ? 0 : weightDecay p)
 *     velocity ← momentum velocity + g
 *     p ← (decoupled ? 1 - lr weightDecay : 1) p - lr (nesterov ? g + momentum velocity : velocity)
 *
 * With momentum 0 the velocity is not touched and its address may be 0.
 */
export function sgd(
  p: usize, g: usize, velocity: usize, n: u32,
  lr: f64, momentum: f64, nesterov: bool, weightDecay: f64, decoupled: bool, gradScale: f64,
): void {
  const rates = f32x4.splat(<f32>lr);
  const momenta = f32x4.splat(<f32>momentum);
  // What the step takes of the new velocity, and (as a mask) of the gradient itself.
  const ahead = f32x4.splat(nesterov ? <f32>momentum : 1);
  const own = i32x4.splat(nesterov ? -1 : 0);
  const l2 = f32x4.splat(decoupled ? 0 : <f32>weightDecay);
  const shrink = f32x4.splat(decoupled ? <f32>(1 - lr * weightDecay) : 1);
  const scale = f32x4.splat(<f32>gradScale);
  const moving = momentum != 0;

  const end = p + 4 * <usize>(n & ~3);
  if (moving) {
    for (; p < end; p += 16, g += 16, velocity += 16) {
      update(p, g, velocity, rates, momenta, ahead, own, l2, shrink, scale);
    }
  } else {
    for (; p < end; p += 16, g += 16) update(p, g, 0, rates, momenta, ahead, own, l2, shrink, scale);
  }
  const rest = n & 3;
  if (rest == 0) return;
  move(SPARE0, p, rest);
  move(SPARE1, g, rest);
  if (moving) move(SPARE2, velocity, rest);
  update(SPARE0, SPARE1, moving ? SPARE2 : 0, rates, momenta, ahead, own, l2, shrink, scale);
  move(p, SPARE0, rest);
  if (moving) move(velocity, SPARE2, rest);
}
