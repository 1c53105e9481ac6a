/**
 * SHA-256 by a kernel, on memory of the heap. A page's `crypto.subtle` is asynchronous, takes all bytes at once, and is missing
 * without HTTPS.
 */
import type { Hash, Sha256 } from '../../hash.ts';
import type { Kernels } from '../../kernels/index.ts';
import type { Heap } from '../ort/index.ts';

/** K: the first 32 bits of the fractions of the cube roots of the first 64 primes. */
// biome-ignore format: a table
const CONSTANTS = Uint32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

/** The first 32 bits of the fractions of the square roots of the first eight primes. */
// biome-ignore format: a table
const BEGINNING = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

const BLOCK = 64;
/** Bytes that are copied into the heap at a time. */
const CHUNK = 1024 * BLOCK;

/** Hashes that share one place of the heap, one update at a time. */
export function sha256On(
  heap: Pick<Heap, 'allocate' | 'words' | 'bytes'>,
  { sha256Blocks }: Pick<Kernels, 'sha256Blocks'>,
): Sha256 {
  const constants = heap.allocate(512 + CHUNK);
  heap.words(constants, CONSTANTS.length).set(CONSTANTS);
  const words = constants + 256;
  const data = words + 256;
  const state = heap.allocate(32);
  return () =>
    new BlockHash((value, bytes) => {
      heap.words(state, 8).set(value);
      heap.bytes(data, bytes.length).set(bytes);
      sha256Blocks(state, constants, words, data, bytes.length / BLOCK);
      value.set(heap.words(state, 8));
    });
}

class BlockHash implements Hash {
  private readonly state = Uint32Array.from(BEGINNING);
  /** The bytes that do not fill a block yet. */
  private readonly rest = new Uint8Array(BLOCK);
  private restLength = 0;
  private length = 0;
  /** Takes whole blocks into the state, at most CHUNK bytes. */
  private readonly compress: (state: Uint32Array, blocks: Uint8Array) => void;

  constructor(compress: (state: Uint32Array, blocks: Uint8Array) => void) {
    this.compress = compress;
  }

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    let at = 0;
    if (this.restLength > 0) {
      at = Math.min(BLOCK - this.restLength, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.restLength);
      this.restLength += at;
      if (this.restLength < BLOCK) return;
      this.compress(this.state, this.rest);
    }
    const whole = at + BLOCK * Math.floor((bytes.length - at) / BLOCK);
    for (; at < whole; at += CHUNK)
      this.compress(this.state, bytes.subarray(at, Math.min(at + CHUNK, whole)));
    this.rest.set(bytes.subarray(whole));
    this.restLength = bytes.length - whole;
  }

  digest(): string {
    // A bit that is 1, zeros, and the number of bits in the last eight bytes.
    const zeros = (2 * BLOCK - 9 - this.restLength) % BLOCK;
    const end = new Uint8Array(1 + zeros + 8);
    end[0] = 0x80;
    new DataView(end.buffer).setBigUint64(1 + zeros, BigInt(this.length) * 8n);
    this.update(end);
    return Array.from(this.state, (word) => word.toString(16).padStart(8, '0')).join('');
  }
}
