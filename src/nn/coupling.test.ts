import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { add, input, type Sym } from '../graph/index.ts';
import { couplingLayers, passedUnits } from './coupling.ts';
import { Network } from './network.ts';
import { feedsOf } from './testing.ts';
import { logStandardNormal } from './variational.ts';

const SETTINGS = { layers: 4, width: 5 };

function build(units: number, rows: number, settings = SETTINGS) {
  const net = new Network('train');
  const x = input('x', ['N', units]);
  const forward = couplingLayers(net, x, settings, 'toNormal');
  const back = couplingLayers(net, forward.value, settings, 'fromNormal');
  const draw = random(7);
  const feeds = feedsOf(net, rows, draw);
  // Small weights: a grid holds all of the density then.
  for (const { symbol, shape } of net.parameters.values()) {
    const values = Array.from(feeds.get(symbol)!.data, (value) => 0.3 * value);
    feeds.set(symbol, ndArray(shape, values));
  }
  const numbers = Array.from({ length: rows * units }, () => 4 * draw() - 2);
  feeds.set(x, ndArray([rows, units], numbers));
  return { net, x, forward, back, feeds, numbers, draw };
}

describe('affine coupling layers', () => {
  test.each([2, 3, 5, 8])(
    'of %i units pass on some and move some; any two are told apart by a layer',
    (units) => {
      const halves = Array.from({ length: 8 }, (_, layer) => passedUnits(layer, units));
      for (const half of halves) expect(new Set(half)).toEqual(new Set([0, 1]));
      for (let a = 0; a < units; a++)
        for (let b = 0; b < a; b++) expect(halves.some((half) => half[a] !== half[b])).toBe(true);
    },
  );

  test.each([2, 3, 7])('of %i units are undone by going back', (units) => {
    const { back, feeds, numbers } = build(units, 6);
    const [found] = evaluate([back.value], feeds);
    for (const [i, value] of numbers.entries()) expect(found!.data[i]).toBeCloseTo(value, 9);
  });

  test('have the logarithm of the determinant of their Jacobian', () => {
    const { forward, feeds, x, numbers } = build(3, 1);
    const step = 1e-5;
    const at = (unit: number, by: number) => {
      const moved = numbers.map((value, i) => value + (i === unit ? by : 0));
      return evaluate([forward.value], new Map([...feeds, [x, ndArray([1, 3], moved)]]))[0]!.data;
    };
    const [a, b, c] = [0, 1, 2].map((unit) => {
      const [up, down] = [at(unit, step), at(unit, -step)];
      return [...up].map((value, i) => (value - down[i]!) / (2 * step));
    }) as [number[], number[], number[]];
    const cofactor = (i: number, j: number) => b[i]! * c[j]! - b[j]! * c[i]!;
    const determinant = a[0]! * cofactor(1, 2) - a[1]! * cofactor(0, 2) + a[2]! * cofactor(0, 1);
    expect(evaluate([forward.logDeterminant], feeds)[0]!.data[0]).toBeCloseTo(
      Math.log(Math.abs(determinant)),
      6,
    );
  });

  test('give a density: over the plane it adds up to 1', () => {
    const { net, feeds } = build(2, 1);
    const [most, steps] = [12, 120];
    const points = Array.from({ length: (steps + 1) ** 2 }, (_, i) => [
      -most + (2 * most * (i % (steps + 1))) / steps,
      -most + (2 * most * Math.floor(i / (steps + 1))) / steps,
    ]);
    const z = input('z', ['M', 2]);
    const { value, logDeterminant } = couplingLayers(net, z, SETTINGS, 'toNormal');
    const density = add(logStandardNormal(value), logDeterminant);
    const [logs] = evaluate([density], new Map([...feeds, [z, ndArray([points.length, 2], points.flat())]]));
    const sum = logs!.data.reduce((total, log) => total + Math.exp(log), 0) * ((2 * most) / steps) ** 2;
    expect(sum).toBeCloseTo(1, 3);
  });

  test('begin as the identity: the weights of what gives scale and shift are 0', () => {
    const { net, forward, feeds, numbers } = build(4, 3);
    const last = [...net.parameters.values()].filter(({ name }) => /scale|shift/.test(name));
    expect(last).toHaveLength(4 * SETTINGS.layers);
    for (const { initialiser, symbol, shape } of last) {
      expect(initialiser).toEqual({ type: 'constant', value: 0 });
      feeds.set(symbol, ndArray(shape, new Array(shape.reduce((a, b) => a * b)).fill(0)));
    }
    const [value, log] = evaluate([forward.value, forward.logDeterminant], feeds);
    expect([...value!.data]).toEqual(numbers);
    expect([...log!.data].every((one) => one === 0)).toBe(true);
  });

  test('differentiate', () => {
    const { net, x, forward, feeds, draw } = build(3, 2, { layers: 2, width: 2 });
    const operands: Sym[] = [x, ...[...net.parameters.values()].map(({ symbol }) => symbol)];
    const whole = add(logStandardNormal(forward.value), forward.logDeterminant);
    expect(checkDerivatives(whole, operands, feeds, draw, 2).worst).toBeLessThan(1e-6);
  });
});
