import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernels, RESERVED_BYTES } from './index.ts';

/** Each optimiser against its definition (PyTorch's) in double precision, over several steps. */

const memory = new WebAssembly.Memory({ initial: 3 });
const kernelsOn = compileKernels(readFileSync(new URL('./kernels.wasm', import.meta.url)));
const kernels = kernelsOn(memory);
const [P, G, S, T] = [0, 1, 2, 3].map((i) => RESERVED_BYTES + 1024 * i) as [number, number, number, number];
const STEPS = 5;

const floats = (at: number, n: number) => new Float32Array(memory.buffer, at, n);

/** Parameters and, for each step, gradients. */
const problems = fc.integer({ min: 1, max: 70 }).chain((n) => {
  const vector = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: n, maxLength: n });
  return fc.record({ start: vector, gradients: fc.array(vector, { minLength: STEPS, maxLength: STEPS }) });
});
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const common = {
  lr: between(1e-4, 0.1),
  weightDecay: fc.constantFrom(0, 0.01, 0.3),
  decoupled: fc.boolean(),
  gradScale: fc.constantFrom(1, 0.25),
};

interface Common {
  lr: number;
  weightDecay: number;
  decoupled: boolean;
  gradScale: number;
}

/**
 * Runs `kernel` on all elements and `rule` on each in doubles; compares parameters and state after each step.
 * Guards behind each array must survive, and the gradient must be left as it was.
 */
function compare(
  { start, gradients }: { start: number[]; gradients: number[][] },
  options: Common,
  kernel: (n: number, t: number) => void,
  rule: (p: number, g: number, state: [number, number], t: number) => number,
) {
  const n = start.length;
  for (const at of [P, G, S, T])
    floats(at, n + 4)
      .fill(0)
      .fill(7, n);
  floats(P, n).set(start);
  const exact = [...start];
  const states = start.map((): [number, number] => [0, 0]);
  for (const [index, gradient] of gradients.entries()) {
    floats(G, n).set(gradient);
    kernel(n, index + 1);
    for (let i = 0; i < n; i++) {
      let p = exact[i]!;
      let g = options.gradScale * gradient[i]!;
      if (options.decoupled) p *= 1 - options.lr * options.weightDecay;
      else g += options.weightDecay * p;
      exact[i] = rule(p, g, states[i]!, index + 1);
    }
    expect(floats(G, n)).toEqual(Float32Array.from(gradient));
    near(floats(P, n), exact);
    near(
      floats(S, n),
      states.map(([s]) => s),
    );
    near(
      floats(T, n),
      states.map(([, t]) => t),
    );
    for (const at of [P, G, S, T]) expect([...floats(at + 4 * n, 4)]).toEqual([7, 7, 7, 7]);
  }
}

function near(actual: Float32Array, expected: number[]) {
  const worst = expected.reduce(
    (max, e, i) => Math.max(max, Math.abs(actual[i]! - e) / (1 + Math.abs(e))),
    0,
  );
  expect(worst).toBeLessThan(4e-6);
}

describe('optimisers', () => {
  it('sgd', () => {
    const options = fc.record({ ...common, momentum: fc.constantFrom(0, 0.5, 0.9), nesterov: fc.boolean() });
    fc.assert(
      fc.property(problems, options, (problem, o) => {
        const velocity = o.momentum === 0 ? 0 : S;
        const kernel = (n: number) =>
          kernels.sgd(
            P,
            G,
            velocity,
            n,
            o.lr,
            o.momentum,
            o.nesterov,
            o.weightDecay,
            o.decoupled,
            o.gradScale,
          );
        compare(problem, o, kernel, (p, g, state) => {
          if (o.momentum === 0) return p - o.lr * g;
          state[0] = o.momentum * state[0] + g;
          return p - o.lr * (o.nesterov ? g + o.momentum * state[0] : state[0]);
        });
      }),
    );
  });

  it('rmsprop', () => {
    const options = fc.record({ ...common, momentum: fc.constantFrom(0, 0.9), alpha: between(0.8, 0.99) });
    fc.assert(
      fc.property(problems, options, (problem, o) => {
        const velocity = o.momentum === 0 ? 0 : T;
        const eps = 1e-2; // large, so that its place in the formula shows
        const kernel = (n: number) =>
          // biome-ignore format: one line of settings
          kernels.rmsprop(P, G, S, velocity, n, o.lr, o.alpha, eps, o.momentum, o.weightDecay, o.decoupled, o.gradScale);
        compare(problem, o, kernel, (p, g, state) => {
          state[0] = o.alpha * state[0] + (1 - o.alpha) * g * g;
          const change = g / (Math.sqrt(state[0]) + eps);
          if (o.momentum === 0) return p - o.lr * change;
          state[1] = o.momentum * state[1] + change;
          return p - o.lr * state[1];
        });
      }),
    );
  });

  it('adam and adamw', () => {
    const options = fc.record({ ...common, beta1: between(0.5, 0.95), beta2: between(0.9, 0.9995) });
    fc.assert(
      fc.property(problems, options, (problem, o) => {
        const eps = 1e-2;
        const corrections = (t: number) => [1 - o.beta1 ** t, 1 - o.beta2 ** t] as const;
        const kernel = (n: number, t: number) =>
          // biome-ignore format: one line of settings
          kernels.adam(P, G, S, T, n, o.lr, o.beta1, o.beta2, eps, ...corrections(t), o.weightDecay, o.decoupled, o.gradScale);
        compare(problem, o, kernel, (p, g, state, t) => {
          const [bc1, bc2] = corrections(t);
          state[0] = o.beta1 * state[0] + (1 - o.beta1) * g;
          state[1] = o.beta2 * state[1] + (1 - o.beta2) * g * g;
          return p - (o.lr * (state[0] / bc1)) / (Math.sqrt(state[1]) / Math.sqrt(bc2) + eps);
        });
      }),
    );
  });

  it('adam: the first step is lr, for any size of the gradient', () => {
    floats(P, 3).fill(0);
    floats(S, 3).fill(0);
    floats(T, 3).fill(0);
    floats(G, 3).set([1e-3, -5, 1e3]);
    kernels.adam(P, G, S, T, 3, 0.01, 0.9, 0.999, 1e-8, 1 - 0.9, 1 - 0.999, 0, false, 1);
    const [a, b, c] = floats(P, 3);
    expect(a).toBeCloseTo(-0.01, 6);
    expect(b).toBeCloseTo(0.01, 6);
    expect(c).toBeCloseTo(-0.01, 6);
  });

  it('give a value the same result at every place in an array', () => {
    const n = 11;
    floats(P, n).fill(0.3);
    floats(G, n).fill(0.7);
    floats(S, n).fill(0.1);
    floats(T, n).fill(0.2);
    kernels.adam(P, G, S, T, n, 0.01, 0.9, 0.999, 1e-8, 0.1, 0.001, 0.1, true, 0.9);
    expect(new Set(floats(P, n)).size).toBe(1);
  });
});
