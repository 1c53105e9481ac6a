/**
 * Philox4x32-10: random bits as a pure function of a counter and a key, so that any value of any sequence can
 * be had without the ones before it. Salmon, Moraes, Dror, Shaw: "Parallel Random Numbers: As Easy as 1, 2, 3",
 * SC 2011.
 *
 * Here the key is the seed, the counter is (block, step, stream, 0), and a block yields four words. Four blocks
 * are computed side by side and stay side by side in the sequence:
 *
 *     word i of a sequence  =  word (i >> 2) & 3  of  block 4 (i >> 4) + (i & 3)
 *
 * that is, words 0 of the first four blocks, then their words 1, 2 and 3, then the next four blocks.
 */

import { KEYS } from './place';

const M0: u32 = 0xd2511f53;
const M1: u32 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;

/** Words made at a time: two times four blocks, so that one multiplies while the other waits. */
export const GROUP: u32 = 32;

/** Bytes of a round's keys in KEYS, which has those of rounds 2 to 9: the seed plus round × (W0, W1), in each lane. */
const KEY_BYTES: usize = 32;

/** The upper halves of the 64-bit products of four lanes. */
// @ts-ignore: decorator
@inline
function high(x: v128, multiplier: v128): v128 {
  const lower = i64x2.extmul_low_i32x4_u(x, multiplier);
  const upper = i64x2.extmul_high_i32x4_u(x, multiplier);
  return v128.shuffle<i32>(lower, upper, 1, 3, 5, 7);
}

/** Writes a vector of words as it is, or as the eight values of a mask: lower halves, then upper halves. */
// @ts-ignore: decorator
@inline
function put(out: usize, word: v128, mask: bool, below: v128, keep: v128): void {
  if (mask) {
    const lower = i32x4.gt_s(v128.and(word, i32x4.splat(0xffff)), below);
    const upper = i32x4.gt_s(i32x4.shr_u(word, 16), below);
    v128.store(out, v128.and(lower, keep));
    v128.store(out, v128.and(upper, keep), 16);
  } else {
    v128.store(out, word);
  }
}

// @ts-ignore: decorator
@inline
function generate(
  out: usize, groups: u32, mask: bool, below: v128, keep: v128,
  k0: u32, k1: u32, stream: u32, step: u32, group: u32,
): void {
  for (let round: u32 = 2; round < 10; ++round) {
    const key = KEYS + <usize>(round - 2) * KEY_BYTES;
    v128.store(key, i32x4.splat(k0 + round * W0));
    v128.store(key, i32x4.splat(k1 + round * W1), 16);
  }

  // Stream and step are the same for every block, and so is half of the work of rounds 0 and 1.
  const round0 = <u64>M1 * <u64>stream;
  const word0 = <u32>(round0 >> 32) ^ step ^ k0;
  const round1 = <u64>M0 * <u64>word0;
  const same0 = i32x4.splat(k1);
  const same1 = i32x4.splat(<u32>round0 ^ (k0 + W0));
  const same2 = i32x4.splat(<u32>(round1 >> 32) ^ (k1 + W1));
  const same3 = i32x4.splat(<u32>round1);

  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  let a = i32x4.add(i32x4.splat(group << 3), i32x4(0, 1, 2, 3));

  const vector: usize = mask ? 32 : 16;
  for (const end = out + 8 * vector * <usize>groups; out < end; out += 8 * vector) {
    const b = i32x4.add(a, i32x4.splat(4));
    let a2 = v128.xor(high(a, m0), same0);
    let b2 = v128.xor(high(b, m0), same0);
    let a0 = v128.xor(high(a2, m1), same1);
    let b0 = v128.xor(high(b2, m1), same1);
    let a1 = i32x4.mul(a2, m1);
    let b1 = i32x4.mul(b2, m1);
    a2 = v128.xor(i32x4.mul(a, m0), same2);
    b2 = v128.xor(i32x4.mul(b, m0), same2);
    let a3 = same3;
    let b3 = same3;
    for (let key = KEYS; key < KEYS + 8 * KEY_BYTES; key += KEY_BYTES) {
      const key0 = v128.load(key);
      const key1 = v128.load(key, 16);
      const nextA0 = v128.xor(v128.xor(high(a2, m1), a1), key0);
      a1 = i32x4.mul(a2, m1);
      a2 = v128.xor(v128.xor(high(a0, m0), a3), key1);
      a3 = i32x4.mul(a0, m0);
      a0 = nextA0;
      const nextB0 = v128.xor(v128.xor(high(b2, m1), b1), key0);
      b1 = i32x4.mul(b2, m1);
      b2 = v128.xor(v128.xor(high(b0, m0), b3), key1);
      b3 = i32x4.mul(b0, m0);
      b0 = nextB0;
    }
    put(out + 0 * vector, a0, mask, below, keep);
    put(out + 1 * vector, a1, mask, below, keep);
    put(out + 2 * vector, a2, mask, below, keep);
    put(out + 3 * vector, a3, mask, below, keep);
    put(out + 4 * vector, b0, mask, below, keep);
    put(out + 5 * vector, b1, mask, below, keep);
    put(out + 6 * vector, b2, mask, below, keep);
    put(out + 7 * vector, b3, mask, below, keep);
    a = i32x4.add(a, i32x4.splat(8));
  }
}

/** Writes `groups` groups of words at `out`, from group number `group` of the sequence on. */
export function words(out: usize, groups: u32, k0: u32, k1: u32, stream: u32, step: u32, group: u32): void {
  const none = i32x4.splat(0);
  generate(out, groups, false, none, none, k0, k1, stream, step, group);
}

/** Writes the masks of `groups` groups: two values a word, 0 where 16 bits are less than `threshold`, else `keep`. */
export function masks(
  out: usize, groups: u32, threshold: u32, keep: f32,
  k0: u32, k1: u32, stream: u32, step: u32, group: u32,
): void {
  const below = i32x4.splat(<i32>threshold - 1);
  generate(out, groups, true, below, f32x4.splat(keep), k0, k1, stream, step, group);
}
