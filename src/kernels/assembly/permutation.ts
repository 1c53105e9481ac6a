/**
 * A random order: Fisher and Yates's shuffle (Durstenfeld, 1964), every order equally likely as far as the bits
 * are. Draws below a bound are Lemire's ("Fast Random Integer Generation in an Interval", 2019): the upper half
 * of word × bound, and the few words that would favour some values are rejected. So there is no bias, and
 * which words are used depends on nothing but the sequence and n.
 */

import { GROUP, words } from './philox';
import { WORDS } from './place';

const GROUPS: u32 = 32;
const CHUNK: u32 = GROUPS * GROUP;

let used: u32 = 0;
let nextGroup: u32 = 0;

// @ts-ignore: decorator
@inline
function draw(k0: u32, k1: u32, stream: u32, step: u32): u32 {
  if (used == CHUNK) {
    words(WORDS, GROUPS, k0, k1, stream, step, nextGroup);
    nextGroup += GROUPS;
    used = 0;
  }
  return load<u32>(WORDS + 4 * <usize>(used++));
}

/** out = the numbers 0 to n - 1 in a random order, as u32. */
export function permutation(out: usize, n: u32, k0: u32, k1: u32, stream: u32, step: u32): void {
  for (let i: u32 = 0; i < n; ++i) store<u32>(out + 4 * <usize>i, i);
  used = CHUNK;
  nextGroup = 0;
  for (let bound = n; bound > 1; --bound) {
    let product = <u64>draw(k0, k1, stream, step) * <u64>bound;
    if (<u32>product < bound) {
      const least = <u32>(0 - bound) % bound; // 2³² modulo bound
      while (<u32>product < least) product = <u64>draw(k0, k1, stream, step) * <u64>bound;
    }
    const one = out + 4 * <usize>(bound - 1);
    const other = out + 4 * <usize>(product >> 32);
    const value = load<u32>(one);
    store<u32>(one, load<u32>(other));
    store<u32>(other, value);
  }
}
