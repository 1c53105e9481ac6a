import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { input, type Sym } from '../graph/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { ACTIVATIONS, type ActivationName, activate } from './activations.ts';

const POINTS = [-20, -2, -0.5, 0, 0.5, 2, 7];

/**
 * At {@link POINTS}; GELU by math.erf and softplus by math.log1p of Python, to ten digits, the others by
 * their definitions.
 */
const EXPECTED: Record<ActivationName, number[]> = {
  identity: POINTS,
  relu: [0, 0, 0, 0, 0.5, 2, 7],
  leakyRelu: [-0.2, -0.02, -0.005, 0, 0.5, 2, 7],
  relu6: [0, 0, 0, 0, 0.5, 2, 6],
  elu: [-0.9999999979, -0.8646647168, -0.3934693403, 0, 0.5, 2, 7],
  gelu: [0, -0.0455002639, -0.1542687694, 0, 0.3457312306, 1.9544997361, 7],
  sigmoid: [2.061153618e-9, 0.119202922, 0.3775406688, 0.5, 0.6224593312, 0.880797078, 0.9990889488],
  tanh: [-1, -0.9640275801, -0.4621171573, 0, 0.4621171573, 0.9640275801, 0.9999983369],
  softplus: [2.06115362e-9, 0.126928011, 0.4740769842, Math.LN2, 0.9740769842, 2.126928011, 7.0009114665],
};

async function valuesInRuntime(build: (x: Sym) => Sym, at: number[]): Promise<number[]> {
  const x = input('x', ['N']);
  const model = encodeModel({ name: 'activation', inputs: { x }, outputs: { y: build(x) } });
  const session = await nodeEngine.open(model, { threads: 1 });
  const { y } = await session.run({ x: { data: Float32Array.from(at), shape: [at.length] } });
  await session.dispose();
  return [...y!.data];
}

describe.each(ACTIVATIONS)('%s', (name) => {
  test('has the values known for it, in float64', () => {
    const x = input('x', [POINTS.length]);
    const [y] = evaluate([activate(x, name)], new Map([[x, ndArray([POINTS.length], POINTS)]]));
    for (const [i, expected] of EXPECTED[name].entries()) {
      expect(y!.data[i], `${name}(${POINTS[i]})`).toBeCloseTo(expected, 9);
    }
  });

  test('and in ONNX Runtime', async () => {
    const found = await valuesInRuntime((x) => activate(x, name), POINTS);
    for (const [i, expected] of EXPECTED[name].entries()) {
      expect(Math.abs(found[i]! - expected), `${name}(${POINTS[i]})`).toBeLessThan(
        1e-6 * Math.max(1, Math.abs(expected)),
      );
    }
  });

  test('stays finite far out', async () => {
    for (const value of await valuesInRuntime((x) => activate(x, name), [-1e4, -88, 88, 1e4])) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  test('has first and second derivatives that match finite differences', () => {
    const x = input('x', [6]);
    // Away from the kinks at 0 and 6.
    const feeds = new Map([[x, ndArray([6], [-1.7, -0.6, -0.2, 0.3, 1.1, 2.4])]]);
    expect(checkDerivatives(activate(x, name), [x], feeds, random(1), 1).worst).toBeLessThan(1e-7);
  });

  // A dead layer that hides a NaN would let a diverged training go on.
  test('passes NaN on', async () => {
    const [value] = await valuesInRuntime((x) => activate(x, name), [Number.NaN]);
    expect(value).toBeNaN();
  });
});

test('leakyRelu takes its slope', async () => {
  const found = await valuesInRuntime((x) => activate(x, 'leakyRelu', 0.25), [-4, 4]);
  expect(found).toEqual([-1, 4]);
});
