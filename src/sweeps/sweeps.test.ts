import { describe, expect, test } from 'vitest';
import { parseRecipe } from '../recipe/recipe.ts';
import {
  betterFirst,
  frontOf,
  importances,
  PRUNER_TABLE,
  parseSpace,
  parseValues,
  planOf,
  SAMPLERS,
  settingsText,
  spread,
  type Trial,
} from './index.ts';
import { layersOf } from './objectives.ts';
import { randomOf } from './random.ts';
import { normalCdf, normalQuantile } from './samplers/normal.ts';
import { parzen } from './samplers/parzen.ts';
import { sobol } from './samplers/sobol.ts';
import { internalAt, type Point, type Space, valuesOf } from './space.ts';

const RECIPE = parseRecipe({
  name: 'small',
  why: 'a test',
  model: {
    family: 'autoencoder',
    encoder: [{ type: 'dense', units: 12, activation: 'relu' }],
    code: { units: 4 },
    decoder: [{ type: 'dense', units: 12, activation: 'relu' }],
  },
  loss: { type: 'mse' },
  training: { epochs: 3, batchSize: 8, optimiser: { type: 'adam', learningRate: 0.01 } },
});
const REQUEST = {
  ...{ name: 's', recipe: RECIPE, fixed: {}, space: [], threads: 1, dataDir: null, offline: true },
  now: '2026-01-01T00:00:00+00:00',
};
const SCIPY: Readonly<Record<number, number[]>> = {
  5: [0.875, 0.875, 0.125, 0.375, 0.625],
  200: [0.20703125, 0.38671875, 0.41015625, 0.33203125, 0.36328125],
};
const spaceOf = (written: Record<string, string>): Space => parseSpace(written).space;

function trial(number: number, point: Point, values: number[] | null, intermediate: number[] = []): Trial {
  return {
    ...{ id: number, number, state: values === null ? 'running' : 'complete', point, values },
    intermediate: new Map(intermediate.map((value, i) => [i + 1, value])),
    ...{ started: null, ended: null, user: {}, system: {} },
  };
}

describe('values of --set', () => {
  test.each([
    ['8,16,32', { domain: { type: 'choice', values: [8, 16, 32] } }],
    ['relu,elu', { domain: { type: 'choice', values: ['relu', 'elu'] } }],
    ['true,null,"a,b"', { domain: { type: 'choice', values: [true, null, 'a,b'] } }],
    ['[1,2],[3]', { domain: { type: 'choice', values: [[1, 2], [3]] } }],
    ['log:1e-4..1e-2', { domain: { type: 'float', low: 1e-4, high: 1e-2, log: true } }],
    ['-.5..2', { domain: { type: 'float', low: -0.5, high: 2, log: false } }],
    ['int:2..64', { domain: { type: 'int', low: 2, high: 64, log: false, step: 1 } }],
    ['log:int:1..1000', { domain: { type: 'int', low: 1, high: 1000, log: true, step: 1 } }],
    ['int:16..100..16', { domain: { type: 'int', low: 16, high: 96, log: false, step: 16 } }],
    ['[1,2]', { fixed: [1, 2] }],
    ['0.5', { fixed: 0.5 }],
    ['adam', { fixed: 'adam' }],
  ])('%s', (text, expected) => expect(parseValues('x', text)).toEqual(expected));

  test.each([
    ['log:0..1', 'above 0'],
    ['5..2', 'from a lower to a higher'],
    ['int:1..2.5', 'whole'],
    ['log:8,16', 'must be a range'],
    ['8,,16', 'single commas'],
    ['8,8', 'each value once'],
  ])('%s is refused', (text, rule) => expect(() => parseValues('x', text)).toThrow(rule));
});

describe('a plan', () => {
  test('checks every value by the schema before anything starts', () => {
    const plan = (written: Record<string, string>, more = {}) =>
      planOf({ ...REQUEST, space: spaceOf(written), ...more });
    expect(plan({ 'model.code.units': '2,4,8', 'training.batchSize': '8,16' })).toMatchObject({
      ...{ search: 'grid', trials: 6, objectives: ['loss'] },
    });
    expect(() => plan({ 'model.code.units': '2,0' })).toThrow('model.code.units');
    expect(() => plan({ 'model.code.unit': '2,4' })).toThrow('did you mean model.code.units');
    expect(() => plan({ 'training.optimiser.learningRate': '0..1' })).toThrow('learningRate');
    expect(() => plan({ 'training.optimiser.learningRate': '0.1..1' }, { search: 'grid' })).toThrow(
      'is a range',
    );
    expect(() => plan({})).toThrow('needs a setting');
    expect(() => plan({ seed: '1,2' }, { objectives: ['msee'] })).toThrow('did you mean mse');
    expect(() => plan({ 'loss.type': 'mse,bce' }, { objectives: ['loss'] })).toThrow(
      'change what the loss is',
    );
    expect(plan({ 'loss.type': 'mse,bce' }).objectives).toEqual(['mse']);
    expect(() => plan({ 'loss.type': 'mse,bce' }, { prune: 'asha' })).toThrow('change what the loss is');
    for (const path of ['data.validation', 'data.set', 'data.scaling'])
      expect(() => plan({ [path]: '100,200' }), path).toThrow(
        'figures on different samples cannot be compared',
      );
    expect(plan({}, { seeds: 3, fixed: { seed: 7 } }).space).toEqual([
      { path: 'seed', domain: { type: 'choice', values: [7, 8, 9] } },
    ]);
  });

  test('resolves conditions, whatever their order', () => {
    const { space } = parseSpace({
      'model.code.kl': { range: [0.1, 1], log: true, when: { 'model.code.type': 'gaussian' } },
      'model.code.type': ['plain', 'gaussian'],
    });
    expect(space.map(({ path }) => path)).toEqual(['model.code.type', 'model.code.kl']);
    const sampler = SAMPLERS.random({ space, seed: 1, directions: ['lower'] });
    for (let n = 0; n < 20; n++) {
      const values = valuesOf(space, sampler.next(n, [])!);
      expect('model.code.kl' in values).toBe(values['model.code.type'] === 'gaussian');
    }
    expect(() => parseSpace({ a: { choices: [1], when: { b: 2 } } })).toThrow("names 'b'");
    expect(() => parseSpace({ a: [1, 2], c: { choices: [1], when: { a: 3 } } })).toThrow("values of 'a'");
  });
});

describe('samplers', () => {
  const space = spaceOf({ x: '0..1', n: 'int:1..8', c: 'a,b,c', r: 'log:1e-4..1' });

  test('the same seed gives the same settings', () => {
    for (const name of ['random', 'sobol', 'tpe'] as const) {
      const draw = (seed: number) => SAMPLERS[name]({ space, seed, directions: ['lower'] }).next(3, []);
      expect(draw(5), name).toEqual(draw(5));
      expect(draw(5), name).not.toEqual(draw(6));
    }
  });

  test('a grid has every combination once, mixed where trials are pruned', () => {
    const grid = (isPruned: boolean, seed: number) => {
      const sampler = SAMPLERS.grid({
        ...{ space: spaceOf({ n: 'int:1..8', c: 'a,b,c' }), seed, directions: ['lower'], isPruned },
      });
      return Array.from({ length: 25 }, (_, n) => JSON.stringify(sampler.next(n, [])));
    };
    const plain = grid(false, 1);
    expect(plain.slice(0, 2)).toEqual(['{"n":1,"c":0}', '{"n":1,"c":1}']);
    expect(new Set(plain).size).toBe(25);
    expect(plain.at(-1)).toBe('null');
    const other = grid(true, 1);
    expect(other).not.toEqual(plain);
    expect([...other].sort()).toEqual([...plain].sort());
    expect(grid(true, 1)).toEqual(other);
    expect(grid(true, 2)).not.toEqual(other);
  });

  test("Sobol's points are those of Joe and Kuo", () => {
    // scipy.stats.qmc.Sobol(21, scramble=False).random(256): points 5 and 200, dimensions 1, 2, 3, 9 and 21.
    const at = (n: number) => [0, 1, 2, 8, 20].map((dimension) => sobol(n, dimension) / 2 ** 32);
    expect(at(1)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(at(5)).toEqual(SCIPY[5]);
    expect(at(200)).toEqual(SCIPY[200]);
  });

  test('a range by magnitude and whole numbers are filled evenly', () => {
    expect(internalAt({ type: 'float', low: 1e-4, high: 1, log: true }, 0.5)).toBeCloseTo(1e-2, 12);
    const domain = { type: 'int', low: 1, high: 4, log: false, step: 1 } as const;
    expect([0, 0.24, 0.26, 0.99].map((u) => internalAt(domain, u))).toEqual([1, 1, 2, 4]);
  });

  test('the estimator is a density, and draws from it', () => {
    expect(normalCdf(1.96)).toBeCloseTo(0.9750021, 6);
    expect(normalQuantile(0.9750021)).toBeCloseTo(1.96, 5);
    const float = { type: 'float', low: 0, high: 1, log: false } as const;
    const estimator = parzen([float], [[0.2], [0.25], [0.9]]);
    let mass = 0;
    for (let i = 0; i < 1000; i++) mass += Math.exp(estimator.logDensity([(i + 0.5) / 1000])) / 1000;
    // Up to the factor √2π that all estimators share.
    expect(mass / Math.sqrt(2 * Math.PI)).toBeCloseTo(1, 3);
    const int = { type: 'int', low: 1, high: 6, log: true, step: 1 } as const;
    const whole = parzen([int], [[2], [2], [3]]);
    const masses = [1, 2, 3, 4, 5, 6].map((n) => Math.exp(whole.logDensity([n])));
    expect(masses.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const letters = { type: 'choice', values: ['a', 'b'] } as const;
    const choice = parzen([letters], [[1], [1], [1]]);
    expect(Math.exp(choice.logDensity([1]))).toBeCloseTo(0.75, 12);
    // Settings together: a density over all of them, which knows what went with what.
    const pairs = parzen(
      [int, letters],
      [
        [1, 0],
        [1, 0],
        [6, 1],
        [6, 1],
      ],
    );
    const at = (n: number, c: number) => Math.exp(pairs.logDensity([n, c]));
    const all = [1, 2, 3, 4, 5, 6].flatMap((n) => [at(n, 0), at(n, 1)]);
    expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(at(1, 0)).toBeGreaterThan(2 * at(1, 1));
    expect(at(6, 1)).toBeGreaterThan(2 * at(6, 0));
    let seed = 0;
    const draws = Array.from({ length: 500 }, () => pairs.draw(randomOf(++seed)));
    const share = draws.filter(([n, c]) => (n! <= 2 && c === 0) || (n! >= 5 && c === 1)).length / 500;
    expect(share).toBeGreaterThan(0.5);
  });

  test('TPE finds a minimum that random search does not', () => {
    const loss = ({ x, r }: Point) => (x! - 0.3) ** 2 + (Math.log10(r!) + 2) ** 2 / 10;
    const best = (name: 'random' | 'tpe', seed: number) => {
      const sampler = SAMPLERS[name]({ space, seed, directions: ['lower'] });
      const trials: Trial[] = [];
      for (let n = 0; n < 50; n++) {
        const point = sampler.next(n, trials)!;
        trials.push(trial(n, point, [loss(point)]));
      }
      return Math.min(...trials.map(({ values }) => values![0]!));
    };
    const sum = (name: 'random' | 'tpe') =>
      Array.from({ length: 10 }, (_, seed) => best(name, seed)).reduce((a, b) => a + b, 0);
    expect(sum('tpe')).toBeLessThan(sum('random') / 2);
  });
});

describe('pruners', () => {
  test('ASHA keeps the best quarter at 1, 4, 16 … epochs, and waits for no one', () => {
    const trials: Trial[] = [];
    const decide = (number: number, values: number[]) => {
      const one = trials.find((each) => each.number === number) ?? trial(number, {}, null);
      if (!trials.includes(one)) trials.push(one);
      let prune = false;
      for (const [i, value] of values.entries()) {
        one.intermediate.set(i + 1, value);
        const decision = PRUNER_TABLE.asha.decide(one, i + 1, trials);
        Object.assign(one.system, decision.system);
        prune ||= decision.prune;
      }
      return prune;
    };
    expect(decide(0, [5])).toBe(false);
    expect(decide(1, [6])).toBe(true);
    expect(decide(2, [4, 4, 4, 3])).toBe(false);
    expect(decide(3, [3, 3, 3, 3.5])).toBe(true);
    expect(trials[3]!.system).toEqual({ completed_rung_0: 3, completed_rung_1: 3.5 });
  });

  test('the median decides after five complete trials', () => {
    const known = [1, 2, 3, 4, 5].map((value, i) => trial(i, {}, [value], [value, value]));
    const judged = (values: number[]) =>
      PRUNER_TABLE.median.decide(trial(9, {}, null, values), values.length, known).prune;
    expect(judged([3.5])).toBe(true);
    expect(judged([2.5])).toBe(false);
    // The best so far counts.
    expect(judged([2.5, 9])).toBe(false);
  });
});

describe('results', () => {
  test('a front has what no other beats', () => {
    const items = [
      [1, 5],
      [2, 2],
      [3, 3],
      [5, 1],
      [2, 2],
    ];
    expect(frontOf(items, ['lower', 'lower'], (item) => item)).toEqual([
      [1, 5],
      [2, 2],
      [5, 1],
      [2, 2],
    ]);
    expect(frontOf(items, ['lower', 'higher'], (item) => item)).toEqual([[1, 5]]);
    expect(betterFirst([1, 3, 2], 'higher', (value) => value)).toEqual([3, 2, 1]);
  });

  test('fronts are found as by comparing all with all', () => {
    const random = randomOf(4);
    // Few values, so that many are equal.
    const items = Array.from({ length: 200 }, () => [0, 0, 0].map(() => Math.floor(6 * random())));
    const dominates = (a: number[], b: number[]) =>
      a[0]! <= b[0]! && a[1]! >= b[1]! && a[2]! <= b[2]! && a.some((v, i) => v !== b[i]);
    const expected: number[][][] = [];
    for (let left = items; left.length > 0; ) {
      const front = left.filter((one) => !left.some((other) => dominates(other, one)));
      expected.push(front);
      left = left.filter((one) => !front.includes(one));
    }
    const directions = ['lower', 'higher', 'lower'] as const;
    expect(layersOf(items, directions, (item) => item)).toEqual(expected);
    expect(frontOf(items, directions, (item) => item)).toEqual(expected[0]);
  });

  test('importance tells a setting that matters from one that does not', () => {
    const space = spaceOf({ x: '0..1', c: 'a,b', z: '0..1' });
    const sampler = SAMPLERS.random({ space, seed: 3, directions: ['lower'] });
    const trials = Array.from({ length: 200 }, (_, n) => {
      const point = sampler.next(n, [])!;
      return trial(n, point, [Math.exp(8 * point.x!) + 100 * point.c!]);
    });
    const shares = new Map(importances(space, trials).map(({ path, share }) => [path, share!]));
    expect(shares.get('x')).toBeGreaterThan(0.5);
    expect(shares.get('z')).toBeLessThan(0.1);
    expect(importances(space, []).map(({ share }) => share)).toEqual([null, null, null]);
  });

  test('settings are named by the end of their paths, figures by mean and deviation', () => {
    expect(settingsText({ 'model.code.units': 8, 'training.optimiser.learningRate': 0.00123456 })).toBe(
      'units 8, learningRate 0.001235',
    );
    expect(settingsText({ 'model.encoder.0.units': 8, 'model.code.units': 2 })).toBe(
      '0.units 8, code.units 2',
    );
    expect(spread([1, 2, 3])).toEqual({ count: 3, mean: 2, deviation: 1 });
    expect(spread([1]).deviation).toBeNull();
  });
});
