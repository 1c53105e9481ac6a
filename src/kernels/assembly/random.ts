/**
 * Random values from Philox's words: raw bits, uniform, normal, and masks of dropout.
 *
 * A chunk of words small enough for the first cache is made in its place and changed there into values; a
 * chunk of which only a part is wanted is made in a scratch area and that part copied. So value i depends on
 * seed, stream, step and i only: a call for n values from value `GROUP * group + skip` on gives the same bits
 * as any other call that covers them.
 */

import { polar } from './gauss';
import { GROUP, masks, words } from './philox';
import { SCRATCH } from './place';

/** Groups and words in a chunk; SCRATCH has room for the two values that a mask makes of each word. */
const GROUPS: u32 = 32;
const CHUNK: u32 = GROUPS * GROUP;

/** out[i] = word i, as u32. */
export function bits(
  out: usize, n: u32, k0: u32, k1: u32, stream: u32, step: u32, group: u32, skip: u32,
): void {
  for (let done: u32 = 0; done < n; ) {
    const part = min(n - done, CHUNK - skip);
    const groups = (skip + part + GROUP - 1) / GROUP;
    const place = out + 4 * <usize>done;
    const to = part == groups * GROUP ? place : SCRATCH;
    words(to, groups, k0, k1, stream, step, group);
    if (to != place) memory.copy(place, SCRATCH + 4 * <usize>skip, 4 * <usize>part);
    done += part;
    group += GROUPS;
    skip = 0;
  }
}

/** out[i] = min(low + span × (word i >> 8) / 2²⁴, last): `last` is the largest float below the upper end. */
export function uniform(
  out: usize, n: u32, low: f32, span: f32, last: f32,
  k0: u32, k1: u32, stream: u32, step: u32, group: u32, skip: u32,
): void {
  const lows = f32x4.splat(low);
  const lasts = f32x4.splat(last);
  const unit = f32x4.splat(span * <f32>(1.0 / 16777216.0));
  for (let done: u32 = 0; done < n; ) {
    const part = min(n - done, CHUNK - skip);
    const groups = (skip + part + GROUP - 1) / GROUP;
    const place = out + 4 * <usize>done;
    const to = part == groups * GROUP ? place : SCRATCH;
    words(to, groups, k0, k1, stream, step, group);
    for (let at = to, end = to + 4 * <usize>(skip + part); at < end; at += 16) {
      const fraction = f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(at), 8));
      v128.store(at, f32x4.pmin(lasts, f32x4.add(lows, f32x4.mul(fraction, unit))));
    }
    if (to != place) memory.copy(place, SCRATCH + 4 * <usize>skip, 4 * <usize>part);
    done += part;
    group += GROUPS;
    skip = 0;
  }
}

/** out[i] = mean + std × z, z from the standard normal distribution; values i and i + 4 share two words. */
export function normal(
  out: usize, n: u32, mean: f32, std: f32,
  k0: u32, k1: u32, stream: u32, step: u32, group: u32, skip: u32,
): void {
  const means = f32x4.splat(mean);
  const stds = f32x4.splat(std);
  for (let done: u32 = 0; done < n; ) {
    const part = min(n - done, CHUNK - skip);
    const groups = (skip + part + GROUP - 1) / GROUP;
    const place = out + 4 * <usize>done;
    const to = part == groups * GROUP ? place : SCRATCH;
    words(to, groups, k0, k1, stream, step, group);
    for (let at = to, end = to + 4 * <usize>(skip + part); at < end; at += 32) polar(at, means, stds);
    if (to != place) memory.copy(place, SCRATCH + 4 * <usize>skip, 4 * <usize>part);
    done += part;
    group += GROUPS;
    skip = 0;
  }
}

/**
 * out[i] = 0 if its 16 random bits are less than `threshold`, else `keep`. A vector of four words makes eight
 * values, from the lower halves and then the upper halves, so value i comes from half (i >> 2) & 1 of word
 * 4 (i >> 3) + (i & 3); `group` and `skip` count values, 2 × GROUP to a group.
 */
export function keepMask(
  out: usize, n: u32, threshold: u32, keep: f32,
  k0: u32, k1: u32, stream: u32, step: u32, group: u32, skip: u32,
): void {
  for (let done: u32 = 0; done < n; ) {
    const part = min(n - done, 2 * CHUNK - skip);
    const groups = (skip + part + 2 * GROUP - 1) / (2 * GROUP);
    const place = out + 4 * <usize>done;
    const to = part == groups * 2 * GROUP ? place : SCRATCH;
    masks(to, groups, threshold, keep, k0, k1, stream, step, group);
    if (to != place) memory.copy(place, SCRATCH + 4 * <usize>skip, 4 * <usize>part);
    done += part;
    group += GROUPS;
    skip = 0;
  }
}
