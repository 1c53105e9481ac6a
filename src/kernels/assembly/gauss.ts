/**
 * The Box–Muller transform, eight values at a time: from uniform u₁, u₂ the independent normal values
 * √(-2 ln u₁) cos 2πu₂ and √(-2 ln u₁) sin 2πu₂. Box, Muller: "A Note on the Generation of Random Normal
 * Deviates", 1958.
 *
 * Logarithm, sine and cosine are polynomials (the coefficients of Moshier's Cephes, single precision) in plain
 * WebAssembly arithmetic: relative error about 1e-7, and the same bits on every platform.
 */

// @ts-ignore: decorator
@inline
function next(sum: v128, x: v128, coefficient: f32): v128 {
  return f32x4.add(f32x4.mul(sum, x), f32x4.splat(coefficient));
}

/** ln u for positive normal u: u = 2ᵉ (1 + x) with √½ ≤ 1 + x < √2, ln(1 + x) = x - x²/2 + x³ P(x). */
// @ts-ignore: decorator
@inline
function log(u: v128): v128 {
  const rootHalf = i32x4.splat(0x3f3504f3);
  const above = i32x4.sub(u, rootHalf);
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(above, 23));
  const x = f32x4.sub(i32x4.add(v128.and(above, i32x4.splat(0x7fffff)), rootHalf), f32x4.splat(1));
  const xx = f32x4.mul(x, x);
  let p = f32x4.splat(7.0376836292e-2);
  p = next(p, x, -1.151461031e-1);
  p = next(p, x, 1.167699874e-1);
  p = next(p, x, -1.2420140846e-1);
  p = next(p, x, 1.4249322787e-1);
  p = next(p, x, -1.6668057665e-1);
  p = next(p, x, 2.0000714765e-1);
  p = next(p, x, -2.4999993993e-1);
  p = next(p, x, 3.3333331174e-1);
  p = f32x4.mul(p, f32x4.mul(x, xx));
  // ln 2 in two parts, the larger exact in ten bits, so that e ln 2 loses nothing.
  p = f32x4.add(p, f32x4.mul(e, f32x4.splat(-2.1219444e-4)));
  p = f32x4.sub(p, f32x4.mul(xx, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(x, p), f32x4.mul(e, f32x4.splat(0.693359375)));
}

/**
 * Replaces eight words at `at` by eight normal values. The first four words give u₁ = (word + ½) / 2³², so
 * that |z| reaches 6.7; the last four u₂ = word / 2³², a quadrant and an angle within ±π/4 of its middle.
 */
// @ts-ignore: decorator
@inline
export function polar(at: usize, mean: v128, std: v128): void {
  const tiny = f32x4.splat(2.3283064365386963e-10); // 2⁻³²
  const u = f32x4.add(
    f32x4.mul(f32x4.convert_i32x4_u(v128.load(at)), tiny),
    f32x4.splat(1.1641532182693481e-10), // 2⁻³³
  );
  const radius = f32x4.mul(std, f32x4.sqrt(f32x4.mul(log(u), f32x4.splat(-2))));

  const turn = i32x4.add(v128.load(at, 16), i32x4.splat(0x20000000));
  const within = i32x4.sub(v128.and(turn, i32x4.splat(0x3fffffff)), i32x4.splat(0x20000000));
  const angle = f32x4.mul(f32x4.convert_i32x4_s(within), f32x4.splat(1.4629180792671596e-9)); // 2π / 2³²
  const z = f32x4.mul(angle, angle);
  let s = f32x4.splat(-1.9515295891e-4);
  s = next(s, z, 8.3321608736e-3);
  s = next(s, z, -1.6666654611e-1);
  s = f32x4.add(f32x4.mul(f32x4.mul(s, z), angle), angle);
  let c = f32x4.splat(2.443315711809948e-5);
  c = next(c, z, -1.388731625493765e-3);
  c = next(c, z, 4.166664568298827e-2);
  c = f32x4.add(f32x4.mul(f32x4.mul(c, z), z), f32x4.sub(f32x4.splat(1), f32x4.mul(z, f32x4.splat(0.5))));

  // Quadrants 0 to 3: cosine is c, -s, -c, s; sine is s, c, -s, -c.
  const odd = i32x4.shr_s(i32x4.shl(turn, 1), 31);
  const sign = i32x4.splat(0x80000000);
  const sine = v128.xor(v128.bitselect(c, s, odd), v128.and(turn, sign));
  const cosine = v128.xor(
    v128.bitselect(s, c, odd),
    v128.and(i32x4.add(turn, i32x4.splat(0x40000000)), sign),
  );
  v128.store(at, f32x4.add(mean, f32x4.mul(radius, cosine)));
  v128.store(at, f32x4.add(mean, f32x4.mul(radius, sine)), 16);
}
