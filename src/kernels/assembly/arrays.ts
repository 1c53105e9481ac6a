/**
 * Plain loops over arrays: copy, fill, scale, blend, and pixels from bytes to floats.
 */

import { move, SPARE0, SPARE1 } from './tail';

/** out[i] = source[i]; the arrays may overlap. */
export function copy(out: usize, source: usize, n: u32): void {
  memory.copy(out, source, 4 * <usize>n);
}

/** out[i] = out[i] + source[i]. */
export function add(out: usize, source: usize, n: u32): void {
  for (const end = out + 4 * <usize>(n & ~3); out < end; out += 16, source += 16) {
    v128.store(out, f32x4.add(v128.load(out), v128.load(source)));
  }
  for (const end = out + 4 * <usize>(n & 3); out < end; out += 4, source += 4) {
    store<f32>(out, load<f32>(out) + load<f32>(source));
  }
}

/** out[i] = value. */
export function fill(out: usize, n: u32, value: f32): void {
  const values = f32x4.splat(value);
  for (const end = out + 4 * <usize>(n & ~3); out < end; out += 16) v128.store(out, values);
  for (const end = out + 4 * <usize>(n & 3); out < end; out += 4) store<f32>(out, value);
}

/** p[i] = factor p[i]. */
export function scale(p: usize, n: u32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (const end = p + 4 * <usize>(n & ~3); p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), factors));
  for (const end = p + 4 * <usize>(n & 3); p < end; p += 4) store<f32>(p, load<f32>(p) * factor);
}

// @ts-ignore: decorator
@inline
function between(a: usize, b: usize, t: v128): v128 {
  const from = v128.load(a);
  return f32x4.add(from, f32x4.mul(t, f32x4.sub(v128.load(b), from)));
}

/** out[i] = a[i] + t (b[i] - a[i]); `out` may be `a` or `b`. */
export function blend(out: usize, a: usize, b: usize, n: u32, t: f32): void {
  const ts = f32x4.splat(t);
  for (const end = out + 4 * <usize>(n & ~3); out < end; out += 16, a += 16, b += 16) {
    v128.store(out, between(a, b, ts));
  }
  const rest = n & 3;
  if (rest == 0) return;
  move(SPARE0, a, rest);
  move(SPARE1, b, rest);
  v128.store(SPARE0, between(SPARE0, SPARE1, ts));
  move(out, SPARE0, rest);
}

/** out[i] = source[i] / divisor, from bytes to floats: divided, so that each is the float nearest to the quotient. */
export function scaleBytes(source: usize, out: usize, n: u32, divisor: f32): void {
  const divisors = f32x4.splat(divisor);
  for (const end = out + 4 * <usize>(n & ~7); out < end; out += 32, source += 8) {
    const eight = v128.load_ext<u8>(source);
    const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(eight));
    const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(eight));
    v128.store(out, f32x4.div(low, divisors));
    v128.store(out, f32x4.div(high, divisors), 16);
  }
  for (const end = out + 4 * <usize>(n & 7); out < end; out += 4, ++source) {
    store<f32>(out, <f32>load<u8>(source) / divisor);
  }
}
