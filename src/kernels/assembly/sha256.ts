/** SHA-256 of whole blocks of 64 bytes: FIPS 180-4, section 6.2.2. */

// @ts-ignore: decorator
@inline
function schedule(words: usize, data: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(words + i, bswap<u32>(load<u32>(data + i)));
  for (let i: usize = 64; i < 256; i += 4) {
    const x = load<u32>(words + i - 60);
    const y = load<u32>(words + i - 8);
    const small0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
    const small1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
    store<u32>(words + i, load<u32>(words + i - 64) + small0 + load<u32>(words + i - 28) + small1);
  }
}

/** Takes blocks into the eight words of `state`. The 64 words of K are at `constants`; `words` has room for 64 more. */
export function sha256Blocks(state: usize, constants: usize, words: usize, data: usize, blocks: u32): void {
  for (const end = data + 64 * <usize>blocks; data < end; data += 64) {
    schedule(words, data);
    let a = load<u32>(state);
    let b = load<u32>(state, 4);
    let c = load<u32>(state, 8);
    let d = load<u32>(state, 12);
    let e = load<u32>(state, 16);
    let f = load<u32>(state, 20);
    let g = load<u32>(state, 24);
    let h = load<u32>(state, 28);
    for (let i: usize = 0; i < 256; i += 4) {
      const big1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const big0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      const first = h + big1 + (g ^ (e & (f ^ g))) + load<u32>(constants + i) + load<u32>(words + i);
      const second = big0 + ((a & b) | (c & (a | b)));
      h = g;
      g = f;
      f = e;
      e = d + first;
      d = c;
      c = b;
      b = a;
      a = first + second;
    }
    store<u32>(state, load<u32>(state) + a);
    store<u32>(state, load<u32>(state, 4) + b, 4);
    store<u32>(state, load<u32>(state, 8) + c, 8);
    store<u32>(state, load<u32>(state, 12) + d, 12);
    store<u32>(state, load<u32>(state, 16) + e, 16);
    store<u32>(state, load<u32>(state, 20) + f, 20);
    store<u32>(state, load<u32>(state, 24) + g, 24);
    store<u32>(state, load<u32>(state, 28) + h, 28);
  }
}
