/** A few steps of every optimiser on a linear autoencoder, against the same in plain float64 JavaScript. */
import { describe, expect, test } from 'vitest';
import type { OptimiserConfig } from './settings.ts';
import { LINEAR_MODEL, lowRankImages, settingsOf, trainerOf } from './testing.ts';

const PIXELS = 5;
const ROWS = 4;
const STEPS = 4;
const RATE = 0.05;

type Tensors = Record<string, Float64Array>;

/** x̂ = (x E + c) D + d and the gradients of its squared error, mean over pixels and images. */
function gradientsOf(
  { E, c, D, d }: Record<'E' | 'c' | 'D' | 'd', Float64Array>,
  images: Float64Array,
): Tensors {
  const grads = {
    E: new Float64Array(2 * PIXELS),
    c: new Float64Array(2),
    D: new Float64Array(2 * PIXELS),
    d: new Float64Array(PIXELS),
  };
  for (let n = 0; n < ROWS; n++) {
    const x = images.subarray(n * PIXELS, (n + 1) * PIXELS);
    const code = [0, 1].map((k) => x.reduce((sum, v, p) => sum + v * E[p * 2 + k]!, c[k]!));
    const slope = Array.from(
      x,
      (v, p) => (2 * (code[0]! * D[p]! + code[1]! * D[PIXELS + p]! + d[p]! - v)) / (ROWS * PIXELS),
    );
    for (let p = 0; p < PIXELS; p++) {
      grads.d[p]! += slope[p]!;
      for (const k of [0, 1]) grads.D[k * PIXELS + p]! += code[k]! * slope[p]!;
    }
    for (const k of [0, 1]) {
      const back = slope.reduce((sum, s, p) => sum + s * D[k * PIXELS + p]!, 0);
      grads.c[k]! += back;
      for (let p = 0; p < PIXELS; p++) grads.E[p * 2 + k]! += back * x[p]!;
    }
  }
  return grads;
}

/** One element's step, by the formulas of PyTorch's documentation (torch.optim); `s` is its state. */
function move(
  config: OptimiserConfig,
  p: number,
  gradient: number,
  decay: number,
  t: number,
  s: Record<string, number>,
) {
  let w = p;
  let g = gradient;
  if (config.type === 'adamw') w -= RATE * decay * w;
  else g += decay * w;
  switch (config.type) {
    case 'sgd':
      s.v = config.momentum * (s.v ?? 0) + g;
      return w - RATE * (config.nesterov ? g + config.momentum * s.v : s.v);
    case 'rmsprop': {
      s.q = config.smoothing * (s.q ?? 0) + (1 - config.smoothing) * g * g;
      s.v = config.momentum * (s.v ?? 0) + g / (Math.sqrt(s.q) + config.epsilon);
      return w - RATE * s.v;
    }
    default: {
      s.m = config.beta1 * (s.m ?? 0) + (1 - config.beta1) * g;
      s.q = config.beta2 * (s.q ?? 0) + (1 - config.beta2) * g * g;
      const mean = s.m / (1 - config.beta1 ** t);
      const square = s.q / (1 - config.beta2 ** t);
      return w - (RATE * mean) / (Math.sqrt(square) + config.epsilon);
    }
  }
}

const NAMES = {
  E: 'encoder.code.weight',
  c: 'encoder.code.bias',
  D: 'decoder.output.weight',
  d: 'decoder.output.bias',
} as const;

const CASES: [string, object, object?][] = [
  ['sgd', { type: 'sgd' }],
  ['sgd with momentum', { type: 'sgd', momentum: 0.8 }],
  ['sgd with Nesterov and decay', { type: 'sgd', momentum: 0.8, nesterov: true, weightDecay: 0.1 }],
  ['rmsprop', { type: 'rmsprop', epsilon: 1e-3 }],
  [
    'rmsprop with momentum and decay of biases too',
    { type: 'rmsprop', momentum: 0.5, epsilon: 1e-3, weightDecay: 0.1, decayBiases: true },
  ],
  ['adam', { type: 'adam', epsilon: 1e-4 }],
  ['adam with decay', { type: 'adam', epsilon: 1e-4, weightDecay: 0.1 }],
  ['adamw', { type: 'adamw', epsilon: 1e-4, weightDecay: 0.3 }],
  ['adamw with decay of biases too', { type: 'adamw', epsilon: 1e-4, weightDecay: 0.3, decayBiases: true }],
  ['sgd, clipped', { type: 'sgd', momentum: 0.5 }, { clipNorm: 0.05 }],
  ['adam, clipped', { type: 'adam', epsilon: 1e-3 }, { clipNorm: 0.01 }],
  ['sgd, a clip too wide to matter', { type: 'sgd' }, { clipNorm: 1000 }],
];

describe.each(CASES)('%s', (_, optimiser, more = {}) => {
  test('steps as its formula says', async () => {
    const settings = settingsOf({
      batchSize: ROWS,
      optimiser: { learningRate: RATE, ...optimiser },
      ...more,
    });
    const config = settings.optimiser;
    const trainer = await trainerOf(LINEAR_MODEL, PIXELS, settings);
    const images = lowRankImages(ROWS, PIXELS, 2, 5);
    const floats = Float64Array.from(images.values, (byte) => byte / 255);
    const weights = trainer.weights();
    // Biases begin at 0, where decay would not show.
    weights.get(NAMES.c)!.values.set([0.5, -0.25]);
    weights.get(NAMES.d)!.values.fill(0.75);
    const keys = Object.keys(NAMES) as (keyof typeof NAMES)[];
    const expected = Object.fromEntries(
      keys.map((key) => [key, Float64Array.from(weights.get(NAMES[key])!.values)]),
    ) as Record<keyof typeof NAMES, Float64Array>;
    const states = new Map<string, Record<string, number>>();

    for (let t = 1; t <= STEPS; t++) {
      const grads = gradientsOf(expected, floats);
      const norm = Math.hypot(...Object.values(grads).flatMap((g) => [...g]));
      const scale = settings.clipNorm !== null && norm > settings.clipNorm ? settings.clipNorm / norm : 1;
      for (const key of keys) {
        const decay = key === 'E' || key === 'D' || config.decayBiases ? config.weightDecay : 0;
        for (let i = 0; i < expected[key].length; i++) {
          const id = `${key}${i}`;
          if (!states.has(id)) states.set(id, {});
          expected[key][i] = move(
            config,
            expected[key][i]!,
            grads[key]![i]! * scale,
            decay,
            t,
            states.get(id)!,
          );
        }
      }
      await trainer.step(images, Uint32Array.of(0, 1, 2, 3), {
        step: t - 1,
        epochs: 0,
        learningRate: RATE,
      });
    }
    for (const key of keys) {
      for (const [i, value] of weights.get(NAMES[key])!.values.entries()) {
        expect(Math.abs(value - expected[key][i]!), `${NAMES[key]}[${i}]`).toBeLessThan(2e-5);
      }
    }
    await trainer.dispose();
  });
});

test('each optimiser keeps the arrays it needs, of its parameters’ shapes', async () => {
  const slots = async (optimiser: object) => {
    const trainer = await trainerOf(LINEAR_MODEL, PIXELS, settingsOf({ optimiser }));
    const state = trainer.optimiserState();
    await trainer.dispose();
    expect(state.size % 4).toBe(0);
    for (const [name, { shape }] of state) {
      expect(shape).toEqual(trainer.weights().get(name.split('/')[1]!)!.shape);
    }
    return new Set([...state.keys()].map((name) => name.split('/')[0]));
  };
  expect(await slots({ type: 'sgd' })).toEqual(new Set());
  expect(await slots({ type: 'sgd', momentum: 0.9 })).toEqual(new Set(['optimiser.velocity']));
  expect(await slots({ type: 'rmsprop' })).toEqual(new Set(['optimiser.square']));
  expect(await slots({ type: 'adam' })).toEqual(new Set(['optimiser.mean', 'optimiser.square']));
});
