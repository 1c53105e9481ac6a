/**
 * Kernels: WebAssembly-SIMD loops that stream over whole arrays in one flat memory — random numbers, pixels,
 * norms, optimisers. The loops are in `assembly/`; this file gives them types and checks. It knows nothing of
 * tensors, graphs or training.
 *
 * A pointer is a byte offset into the memory, 64-byte aligned and past {@link RESERVED_BYTES}; a count is in
 * elements; arrays are f32 unless said. Results are the same bits on every machine.
 */
import { readFileSync } from 'node:fs';
/** The start of the memory, in bytes, that the kernels keep for themselves. Allocate after it. */
export const RESERVED_BYTES = 65_536;
/** Words that Philox makes at a time: a sequence is asked for by group and a number of words to skip. */
const GROUP = 32;
let compiled;
/** The kernels over `memory`, which must hold {@link RESERVED_BYTES}. `bytes` is `kernels.wasm` by default. */
export function instantiateKernels(memory, bytes) {
    const module = bytes
        ? new WebAssembly.Module(new Uint8Array(bytes))
        : (compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url))));
    const raw = new WebAssembly.Instance(module, { env: { memory } }).exports;
    return {
        bits: (out, n, seed, stream, step, start) => raw.bits(out, n, ...sequence(seed, stream, step), ...position(start, n, GROUP)),
        uniform(out, n, low, high, seed, stream, step, start) {
            const [from, to] = [Math.fround(low), Math.fround(high)];
            if (!(from < to) || !Number.isFinite(Math.fround(to - from))) {
                throw new RangeError(`uniform: low must be less than high as floats, got ${low} and ${high}`);
            }
            const key = sequence(seed, stream, step);
            raw.uniform(out, n, from, to - from, floatBelow(to), ...key, ...position(start, n, GROUP));
        },
        normal: (out, n, mean, std, seed, stream, step, start) => raw.normal(out, n, mean, std, ...sequence(seed, stream, step), ...position(start, n, GROUP)),
        keepMask(out, n, rate, seed, stream, step, start) {
            if (!(rate >= 0 && rate < 1))
                throw new RangeError(`keepMask: rate must be in [0, 1), got ${rate}`);
            const threshold = Math.min(Math.round(rate * 65_536), 65_535);
            const keep = 65_536 / (65_536 - threshold);
            const key = sequence(seed, stream, step);
            raw.keepMask(out, n, threshold, keep, ...key, ...position(start, n, 2 * GROUP));
        },
        permutation: (out, n, seed, stream, step) => raw.permutation(out, n, ...sequence(seed, stream, step)),
        scaleBytes: raw.scaleBytes,
        copy: raw.copy,
        fill: raw.fill,
        scale: raw.scale,
        blend: raw.blend,
        sumSquares: raw.sumSquares,
        allFinite: (p, n) => raw.allFinite(p, n) !== 0,
        sgd: (p, g, velocity, n, lr, momentum, nesterov, weightDecay, decoupled, gradScale) => raw.sgd(p, g, velocity, n, lr, momentum, Number(nesterov), weightDecay, Number(decoupled), gradScale),
        rmsprop: (p, g, square, velocity, n, lr, alpha, eps, momentum, weightDecay, decoupled, gradScale) => 
        // biome-ignore format: one line of settings
        raw.rmsprop(p, g, square, velocity, n, lr, alpha, eps, momentum, weightDecay, Number(decoupled), gradScale),
        adam: (p, g, m, v, n, lr, beta1, beta2, eps, bc1, bc2, weightDecay, decoupled, gradScale) => raw.adam(p, g, m, v, n, lr, beta1, beta2, eps, bc1, bc2, weightDecay, Number(decoupled), gradScale),
    };
}
/** Philox's key and the fixed part of its counter: seed (low, high word), stream, step. */
function sequence(seed, stream, step) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
        throw new RangeError(`seed: must be an integer in [0, 2^53), got ${seed}`);
    }
    return [seed % 2 ** 32, Math.floor(seed / 2 ** 32), word('stream', stream), word('step', step)];
}
function word(name, value) {
    if (value >>> 0 === value)
        return value;
    throw new RangeError(`${name}: must be an integer in [0, 2^32), got ${value}`);
}
/** The group of values that index `start` lies in, and how many to skip there. */
function position(start, n, group) {
    const values = 2 ** 29 * group; // 2³² blocks, eight to a group
    if (!Number.isSafeInteger(start) || start < 0 || start + n > values) {
        throw new RangeError(`start: must be an integer, and start + n at most ${values}, got ${start}`);
    }
    return [Math.floor(start / group), start % group];
}
/** The largest float less than `value`. */
function floatBelow(value) {
    if (value === 0)
        return -(2 ** -149);
    const float = new Float32Array([value]);
    new Int32Array(float.buffer)[0] += value > 0 ? -1 : 1;
    return float[0];
}
