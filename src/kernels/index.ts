/**
 * Kernels: WebAssembly-SIMD loops that stream over whole arrays in one flat memory — random numbers, pixels,
 * norms, optimisers. The loops are in `assembly/`; this file gives them types and checks. It knows nothing of
 * tensors, graphs or training, nor of where the bytes of `kernels.wasm` come from: the engine hands them in.
 *
 * A pointer is a byte offset into the memory, 64-byte aligned and outside of what the kernels keep for themselves; a count is
 * in elements; arrays are f32 unless said. Results are the same bits on every machine.
 */

/** The start of a memory, in bytes, that is set aside where the kernels' own place is not handed in. Allocate after it. */
export const RESERVED_BYTES = 65_536;

/** What the kernels keep for themselves, in bytes: random words and keys, and the ends of arrays. */
export const PLACE_BYTES = 12_608;

/** Where that is within {@link RESERVED_BYTES}: not at 0, which means "none" to the kernels. */
const PLACE = 1024;

/** Kernels over a memory. Their own {@link PLACE_BYTES} are at `place`, by default in {@link RESERVED_BYTES}. */
export type KernelsOn = (memory: WebAssembly.Memory, place?: number) => Kernels;

/**
 * Typed kernels over one memory.
 *
 * Random values are a pure function of (seed, stream, step, index): `seed` an integer in [0, 2⁵³), `stream` and
 * `step` in [0, 2³²). Functions draw from the same words, so give uses that must be independent streams of
 * their own. `start` is the index of the first value: a call for [0, n) and two for [0, k) and [k, n) agree.
 */
export interface Kernels {
  /** out[i] (u32) = word start + i of Philox4x32-10: word (j >> 2) & 3 of block 4 (j >> 4) + (j & 3). */
  bits(out: number, n: number, seed: number, stream: number, step: number, start: number): void;

  /** out[i] uniform in [low, high), on a grid of 2²⁴ steps. `low` and `high` are rounded to f32. */
  uniform(
    out: number,
    n: number,
    low: number,
    high: number,
    seed: number,
    stream: number,
    step: number,
    start: number,
  ): void;

  /** out[i] = mean + std z, z standard normal, |z| < 6.8. */
  normal(
    out: number,
    n: number,
    mean: number,
    std: number,
    seed: number,
    stream: number,
    step: number,
    start: number,
  ): void;

  /**
   * Inverted dropout: out[i] = 0 with probability p, else 1 / (1 - p), where p is `rate`, in [0, 1), rounded to
   * the nearest multiple of 2⁻¹⁶ below 1. The mean is 1 for the p in use.
   */
  keepMask(
    out: number,
    n: number,
    rate: number,
    seed: number,
    stream: number,
    step: number,
    start: number,
  ): void;

  /** out (u32) = 0 … n - 1 in a random order, without bias. */
  permutation(out: number, n: number, seed: number, stream: number, step: number): void;

  /** out[i] = source[i] / divisor, `source` in bytes (u8, any alignment). */
  scaleBytes(source: number, out: number, n: number, divisor: number): void;

  /** out[i] = source[i]; the arrays may overlap. */
  copy(out: number, source: number, n: number): void;

  /** out[i] = out[i] + source[i]. */
  add(out: number, source: number, n: number): void;

  /** out[i] = value. */
  fill(out: number, n: number, value: number): void;

  /** p[i] = factor p[i]. */
  scale(p: number, n: number, factor: number): void;

  /** out[i] = a[i] + t (b[i] - a[i]); `out` may be `a` or `b`. */
  blend(out: number, a: number, b: number, n: number, t: number): void;

  /** Σ p[i]², in double precision and always in the same order. */
  sumSquares(p: number, n: number): number;

  /** Whether no p[i] is infinite or NaN. */
  allFinite(p: number, n: number): boolean;

  /**
   * Takes blocks of 64 bytes into the state of a SHA-256, 8 words (u32). The hash's 64 constants are at `constants`, and `words`
   * has room for 64 words.
   */
  sha256Blocks(state: number, constants: number, words: number, data: number, blocks: number): void;

  /**
   * p ← p - lr (nesterov ? g + momentum v : v), with v ← momentum v + g and g ← gradScale g. `velocity` may be 0
   * if momentum is. Weight decay as for {@link adam}.
   */
  sgd(
    p: number,
    g: number,
    velocity: number,
    n: number,
    lr: number,
    momentum: number,
    nesterov: boolean,
    weightDecay: number,
    decoupled: boolean,
    gradScale: number,
  ): void;

  /**
   * p ← p - lr v, with v ← momentum v + g / (√s + eps), s ← alpha s + (1 - alpha) g² and g ← gradScale g.
   * `velocity` may be 0 if momentum is. Weight decay as for {@link adam}.
   */
  rmsprop(
    p: number,
    g: number,
    square: number,
    velocity: number,
    n: number,
    lr: number,
    alpha: number,
    eps: number,
    momentum: number,
    weightDecay: number,
    decoupled: boolean,
    gradScale: number,
  ): void;

  /**
   * p ← p - lr (m / bc₁) / (√v / √bc₂ + eps), with m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g² and
   * g ← gradScale g; in step t = 1, 2, … the bias correction bcₖ is 1 - βₖᵗ. Weight decay adds weightDecay p to
   * g, or, decoupled, shrinks p by lr weightDecay p. `g` itself is left as it is.
   */
  adam(
    p: number,
    g: number,
    m: number,
    v: number,
    n: number,
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    biasCorrection1: number,
    biasCorrection2: number,
    weightDecay: number,
    decoupled: boolean,
    gradScale: number,
  ): void;
}

/** What the module exports, as declared in `assembly/`; booleans are 0 and 1. */
type Raw = Record<Exclude<keyof Kernels, 'sumSquares' | 'allFinite'>, (...values: number[]) => void> &
  Record<'sumSquares' | 'allFinite', (p: number, n: number) => number>;

/** Words that Philox makes at a time: a sequence is asked for by group and a number of words to skip. */
const GROUP = 32;

/**
 * Kernels of any number of memories: they are compiled once. `bytes` is `kernels.wasm`, or `kernels-shared.wasm` for shared
 * memories.
 */
export function compileKernels(bytes: Uint8Array): KernelsOn {
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  return (memory, place = PLACE) => instantiate(module, memory, place);
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, place: number): Kernels {
  const raw = new WebAssembly.Instance(module, { env: { memory, place } }).exports as Raw;

  return {
    bits: (out, n, seed, stream, step, start) =>
      raw.bits(out, n, ...sequence(seed, stream, step), ...position(start, n, GROUP)),
    uniform(out, n, low, high, seed, stream, step, start) {
      const [from, to] = [Math.fround(low), Math.fround(high)];
      if (!(from < to) || !Number.isFinite(Math.fround(to - from))) {
        throw new RangeError(`uniform: low must be less than high as floats, got ${low} and ${high}`);
      }
      const key = sequence(seed, stream, step);
      raw.uniform(out, n, from, to - from, floatBelow(to), ...key, ...position(start, n, GROUP));
    },
    normal: (out, n, mean, std, seed, stream, step, start) =>
      raw.normal(out, n, mean, std, ...sequence(seed, stream, step), ...position(start, n, GROUP)),
    keepMask(out, n, rate, seed, stream, step, start) {
      if (!(rate >= 0 && rate < 1)) throw new RangeError(`keepMask: rate must be in [0, 1), got ${rate}`);
      const threshold = Math.min(Math.round(rate * 65_536), 65_535);
      const keep = 65_536 / (65_536 - threshold);
      const key = sequence(seed, stream, step);
      raw.keepMask(out, n, threshold, keep, ...key, ...position(start, n, 2 * GROUP));
    },
    permutation: (out, n, seed, stream, step) => raw.permutation(out, n, ...sequence(seed, stream, step)),
    scaleBytes: raw.scaleBytes,
    copy: raw.copy,
    add: raw.add,
    fill: raw.fill,
    scale: raw.scale,
    blend: raw.blend,
    sumSquares: raw.sumSquares,
    allFinite: (p, n) => raw.allFinite(p, n) !== 0,
    sha256Blocks: raw.sha256Blocks,
    sgd: (p, g, velocity, n, lr, momentum, nesterov, weightDecay, decoupled, gradScale) =>
      raw.sgd(p, g, velocity, n, lr, momentum, Number(nesterov), weightDecay, Number(decoupled), gradScale),
    rmsprop: (p, g, square, velocity, n, lr, alpha, eps, momentum, weightDecay, decoupled, gradScale) =>
      // biome-ignore format: one line of settings
      raw.rmsprop(p, g, square, velocity, n, lr, alpha, eps, momentum, weightDecay, Number(decoupled), gradScale),
    adam: (p, g, m, v, n, lr, beta1, beta2, eps, bc1, bc2, weightDecay, decoupled, gradScale) =>
      raw.adam(p, g, m, v, n, lr, beta1, beta2, eps, bc1, bc2, weightDecay, Number(decoupled), gradScale),
  };
}

/** Philox's key and the fixed part of its counter: seed (low, high word), stream, step. */
function sequence(seed: number, stream: number, step: number): [number, number, number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed: must be an integer in [0, 2^53), got ${seed}`);
  }
  return [seed % 2 ** 32, Math.floor(seed / 2 ** 32), word('stream', stream), word('step', step)];
}

function word(name: string, value: number): number {
  if (value >>> 0 === value) return value;
  throw new RangeError(`${name}: must be an integer in [0, 2^32), got ${value}`);
}

/** The group of values that index `start` lies in, and how many to skip there. */
function position(start: number, n: number, group: number): [number, number] {
  const values = 2 ** 29 * group; // 2³² blocks, eight to a group
  if (!Number.isSafeInteger(start) || start < 0 || start + n > values) {
    throw new RangeError(`start: must be an integer, and start + n at most ${values}, got ${start}`);
  }
  return [Math.floor(start / group), start % group];
}

/** The largest float less than `value`. */
function floatBelow(value: number): number {
  if (value === 0) return -(2 ** -149);
  const float = new Float32Array([value]);
  new Int32Array(float.buffer)[0]! += value > 0 ? -1 : 1;
  return float[0]!;
}
