/**
 * From an array to one number: the sum of squares (a gradient's norm), and whether all values are finite.
 */

// @ts-ignore: decorator
@inline
function add(sum: v128, p: usize): v128 {
  const two = f64x2.promote_low_f32x4(v128.load64_zero(p));
  return f64x2.add(sum, f64x2.mul(two, two));
}

/**
 * Σ p[i]² in double precision, where a float's square is exact. Sixteen partial sums, element i in sum i mod 16,
 * are added in pairs at the end: an order that never changes, and errors sixteen times smaller.
 */
export function sumSquares(p: usize, n: u32): f64 {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (const end = p + 4 * <usize>(n & ~15); p < end; p += 64) {
    s0 = add(s0, p);
    s1 = add(s1, p + 8);
    s2 = add(s2, p + 16);
    s3 = add(s3, p + 24);
    s4 = add(s4, p + 32);
    s5 = add(s5, p + 40);
    s6 = add(s6, p + 48);
    s7 = add(s7, p + 56);
  }
  const pairs = f64x2.add(
    f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)),
    f64x2.add(f64x2.add(s4, s5), f64x2.add(s6, s7)),
  );
  let rest: f64 = 0;
  for (const end = p + 4 * <usize>(n & 15); p < end; p += 4) {
    const value = <f64>load<f32>(p);
    rest += value * value;
  }
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1) + rest;
}

/** Whether no value is infinite or NaN, that is, no exponent is all ones. */
export function allFinite(p: usize, n: u32): bool {
  const exponent = i32x4.splat(0x7f800000);
  let found = i32x4.splat(0);
  for (const end = p + 4 * <usize>(n & ~3); p < end; p += 16) {
    found = v128.or(found, i32x4.eq(v128.and(v128.load(p), exponent), exponent));
  }
  let rest = false;
  for (const end = p + 4 * <usize>(n & 3); p < end; p += 4) {
    rest = rest || (load<u32>(p) & 0x7f800000) == 0x7f800000;
  }
  return !(v128.any_true(found) || rest);
}
