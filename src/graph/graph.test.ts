import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomGraph } from '../../test/reference/expressions.ts';
import {
  add,
  atScope,
  bindShape,
  broadcastShapes,
  fixedSize,
  formatShape,
  input,
  inScope,
  mul,
  neg,
  relu,
  type Shape,
  type Sym,
  shapesEqual,
  tanh,
  topologicalOrder,
} from './index.ts';
import { normalAxes } from './shape.ts';

describe('order', () => {
  test('operands come first, each symbol once', () => {
    fc.assert(
      fc.property(randomGraph, ({ loss, between }) => {
        const order = topologicalOrder([loss, ...between, loss]);
        const place = new Map(order.map((symbol, i) => [symbol, i]));
        expect(place.size).toBe(order.length);
        for (const symbol of order) {
          for (const operand of symbol.inputs) expect(place.get(operand)).toBeLessThan(place.get(symbol)!);
        }
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  test('it depends on the graph alone', () => {
    const build = () => {
      const x = input('x', [2]);
      const y = tanh(x);
      return [add(mul(y, x), neg(y)), relu(y)];
    };
    const names = (outputs: Sym[]) => topologicalOrder(outputs).map((symbol) => symbol.op);
    expect(names(build())).toEqual(['Input', 'Tanh', 'Mul', 'Neg', 'Add', 'Relu']);
    expect(names(build())).toEqual(names(build()));
    expect(names(build().reverse())).toEqual(['Input', 'Tanh', 'Relu', 'Mul', 'Neg', 'Add']);
  });

  test('a leaf, nothing, and 100,000 in a row', () => {
    const x = input('x', []);
    expect(topologicalOrder([x, x])).toEqual([x]);
    expect(topologicalOrder([])).toEqual([]);
    let y: Sym = x;
    for (let i = 0; i < 100_000; i++) y = neg(y);
    expect(topologicalOrder([y]).length).toBe(100_001);
  });
});

describe('scopes', () => {
  const x = input('x', [2]);

  test('nest, and name what is built in them', () => {
    const [inner, outer] = inScope('encoder', () => [inScope('dense1', () => relu(x)), relu(x)]);
    expect([inner!.scope, outer!.scope, relu(x).scope]).toEqual(['encoder/dense1', 'encoder', '']);
  });

  test('an absolute one replaces what is around it, for as long as it lasts', () => {
    const names = inScope('train', () => [atScope('gradients/encoder', () => relu(x).scope), relu(x).scope]);
    expect(names).toEqual(['gradients/encoder', 'train']);
  });

  test('end where their body throws', () => {
    expect(() => inScope('a', () => atScope('b', () => inScope('c', () => add(x, input('y', [3])))))).toThrow(
      'Add in b/c',
    );
    expect(relu(x).scope).toBe('');
  });

  test('an input keeps its own name', () => {
    expect(inScope('encoder', () => input('pixels', ['N'])).scope).toBe('pixels');
  });
});

describe('shapes', () => {
  test.each<[Shape, Shape, Shape | null]>([
    [[], [], []],
    [[2], [], [2]],
    [[2, 1], [3], [2, 3]],
    [['N', 1], ['N'], ['N', 'N']],
    [['N'], [1], ['N']],
    [['N'], ['M'], null],
    [['N'], [2], null],
    [[2, 3], [2], null],
    [
      [1, 1, 1],
      ['N', 4],
      [1, 'N', 4],
    ],
  ])('[%s] and [%s] broadcast to [%s]', (a, b, expected) => {
    expect(broadcastShapes(a, b)).toEqual(expected);
    expect(broadcastShapes(b, a)).toEqual(expected);
  });

  test('sizes and names', () => {
    expect(fixedSize([])).toBe(1);
    expect(fixedSize([2, 3])).toBe(6);
    expect(() => fixedSize(['N', 3])).toThrow(/\[N, 3\].*symbolic.*N/);
    expect(bindShape(['N', 3, 'M'], { N: 2, M: 0 })).toEqual([2, 3, 0]);
    expect(() => bindShape(['N', 'K'], { N: 2 })).toThrow(/dimension K of \[N, K\]/);
    expect(formatShape(['N', 784])).toBe('[N, 784]');
    expect([shapesEqual([2], ['2']), shapesEqual([2], [2, 1]), shapesEqual(['N'], ['N'])]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('axes count from both ends', () => {
    expect(normalAxes([-1, 0], 3)).toEqual([0, 2]);
    expect(normalAxes([], 0)).toEqual([]);
    for (const bad of [[3], [-4], [0, -3], [0.5], [Number.NaN]]) expect(normalAxes(bad, 3)).toBeNull();
  });
});
