import { describe, expect, test } from 'vitest';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { gradients } from '../autodiff/index.ts';
import { input, mul, reduceSum, type Sym, square } from '../graph/index.ts';
import { type Mode, Network } from './network.ts';
import {
  fromDictionary,
  jumpRelu,
  largestOfBatch,
  largestOfRow,
  prefixErrors,
  revival,
  sparseInput,
} from './sparse.ts';

const [ROWS, VALUES, UNITS] = [5, 3, 6];
const draw = random(11);
const numbers = (n: number) => Array.from({ length: n }, () => 2 * draw() - 1);
const X = numbers(ROWS * VALUES);
/** Codes, or factors of a sum, [ROWS, UNITS]. */
const F = numbers(ROWS * UNITS);
const E = numbers(UNITS * VALUES);
const C = numbers(UNITS);
const D = numbers(UNITS * VALUES);
const B = numbers(VALUES);
const THRESHOLDS = Array.from({ length: UNITS }, () => Math.log(0.2 + 0.3 * draw()));
const TENSORS: Readonly<Record<string, number[]>> = {
  'encoder.code.weight': E,
  'encoder.code.bias': C,
  'encoder.code.logThreshold': THRESHOLDS,
  'decoder.output.weight': D,
  'decoder.output.bias': B,
};

interface Given {
  net: Network;
  x: Sym;
  f: Sym;
  /** A parameter that was asked for. */
  parameter(name: string): Sym;
}

/** Evaluates what `build` makes within the encoder's code; states by their last names. */
function run(
  mode: Mode,
  build: (given: Given) => Sym[],
  states: Readonly<Record<string, number[]>> = {},
): number[][] {
  const net = new Network(mode);
  const [x, f] = [input('x', ['N', VALUES]), input('f', ['N', UNITS])];
  const parameter = (name: string) => net.parameters.get(name)!.symbol;
  const made = net.within('encoder', () => net.within('code', () => build({ net, x, f, parameter })));
  const feeds = new Map<Sym, NdArray>([
    [x, ndArray([ROWS, VALUES], X)],
    [f, ndArray([ROWS, UNITS], F)],
    [net.inverseBatch, ndArray([], [1 / ROWS])],
  ]);
  for (const { name, symbol, shape } of net.parameters.values())
    feeds.set(symbol, ndArray([...shape], TENSORS[name]!));
  for (const { name, symbol, shape } of net.states.values())
    feeds.set(symbol, ndArray([...shape], states[name.split('.').at(-1)!]!));
  return evaluate(made, feeds).map(({ data }) => [...data]);
}

const length = (unit: number) => Math.hypot(...D.slice(unit * VALUES, (unit + 1) * VALUES));
const direction = (unit: number, k: number) => D[unit * VALUES + k]! / length(unit);
const h = (row: number, unit: number) => {
  let sum = C[unit]!;
  for (let k = 0; k < VALUES; k++) sum += (X[row * VALUES + k]! - B[k]!) * E[unit * VALUES + k]!;
  return sum;
};
const grid = (of: (row: number, unit: number) => number) =>
  Array.from({ length: ROWS * UNITS }, (_, at) => of(Math.floor(at / UNITS), at % UNITS));
const decoded = (code: readonly number[], row: number, k: number, end = UNITS) => {
  let sum = B[k]!;
  for (let unit = 0; unit < end; unit++) sum += code[row * UNITS + unit]! * direction(unit, k);
  return sum;
};

function close(got: readonly number[] | undefined, wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got![i]).toBeCloseTo(value, 9);
}

test('a dictionary adds up directions of length 1, and the bias', () => {
  const [made] = run('infer', ({ net, f }) => [fromDictionary(net, f, VALUES)]);
  close(
    made,
    Array.from({ length: ROWS * VALUES }, (_, at) => decoded(F, Math.floor(at / VALUES), at % VALUES)),
  );
});

test('pre-activations are those of x − b in every mode, and b has the gradient of both its uses', () => {
  for (const mode of ['train', 'validate', 'infer'] as const) {
    const [made, byBias, byWeight] = run(mode, ({ net, x, f, parameter }) => {
      const { preActivation } = sparseInput(net, x, UNITS);
      const names = ['decoder.output.bias', 'encoder.code.weight'];
      return [preActivation, ...gradients(reduceSum(mul(preActivation, f)), names.map(parameter))];
    });
    close(made, grid(h));
    const pull = (k: number) => grid((row, unit) => -F[row * UNITS + unit]! * E[unit * VALUES + k]!);
    close(
      byBias,
      B.map((_, k) => pull(k).reduce((a, b) => a + b)),
    );
    close(
      byWeight,
      E.map((_, at) => {
        const [unit, k] = [Math.floor(at / VALUES), at % VALUES];
        let sum = 0;
        for (let row = 0; row < ROWS; row++) sum += F[row * UNITS + unit]! * (X[row * VALUES + k]! - B[k]!);
        return sum;
      }),
    );
  }
});

describe('what is kept', () => {
  test.each([1, 2, UNITS])('the %i largest of a row, where they are above 0', (k) => {
    const [made, slope] = run('train', ({ f }) => {
      const code = largestOfRow(f, k);
      return [code, gradients(reduceSum(square(code)), [f])[0]!];
    });
    const wanted = grid((row, unit) => {
      const own = F.slice(row * UNITS, (row + 1) * UNITS);
      const rank = own.filter((other) => other > own[unit]!).length;
      return rank < k ? Math.max(0, own[unit]!) : 0;
    });
    close(made, wanted);
    close(
      slope,
      wanted.map((value) => 2 * value),
    );
  });

  test('the k · N largest of a batch; the threshold follows the least of them, and decides outside of training', () => {
    const sorted = [...F].sort((a, b) => b - a);
    const least = sorted[2 * ROWS - 1]!;
    expect(least).toBeGreaterThan(0);
    const build = ({ net, f }: Given) => [
      largestOfBatch(net, f, 2, 0.9),
      net.states.get('encoder.code.threshold')!.next!,
    ];
    const wanted = F.map((value) => (value >= least ? value : 0));
    const [made, first] = run('train', build, { threshold: [-1] });
    close(made, wanted);
    close(first, [least]);
    close(run('train', build, { threshold: [0.5] })[1], [0.9 * 0.5 + 0.1 * least]);
    const [later] = run('infer', ({ net, f }) => [largestOfBatch(net, f, 2, 0.9)], { threshold: [0.3] });
    close(
      later,
      F.map((value) => (value > 0.3 ? value : 0)),
    );
  });

  test('fewer values above 0 than a batch may keep: all of them, and the threshold is 0', () => {
    const build = ({ net, f }: Given) => [
      largestOfBatch(net, f, UNITS, 0.9),
      net.states.get('encoder.code.threshold')!.next!,
    ];
    const [made, next] = run('train', build, { threshold: [-1] });
    close(
      made,
      F.map((value) => Math.max(0, value)),
    );
    close(next, [0]);
  });
});

test('JumpReLU: values, count, and the gradients of the paper', () => {
  const bandwidth = 0.4;
  const theta = THRESHOLDS.map(Math.exp);
  const [code, active, byTheta, countByTheta, byInput] = run('train', ({ net, f, parameter }) => {
    const made = jumpRelu(net, f, { threshold: 0.01, bandwidth });
    const log = [parameter('encoder.code.logThreshold')];
    const squares = reduceSum(square(made.code));
    return [
      ...[made.code, made.active, gradients(squares, log)[0]!],
      ...[gradients(reduceSum(made.active), log)[0]!, gradients(squares, [f])[0]!],
    ];
  });
  const isOn = grid((row, unit) => Number(F[row * UNITS + unit]! > theta[unit]!));
  const kernel = grid((row, unit) => Number(Math.abs(F[row * UNITS + unit]! - theta[unit]!) < bandwidth / 2));
  expect(kernel.some((near, i) => near === 1 && isOn[i] === 1)).toBe(true);
  const f = F.map((value, i) => value * isOn[i]!);
  close(code, f);
  const sums = (of: (at: number, unit: number) => number, over: 'unit' | 'row') =>
    Array.from({ length: over === 'unit' ? UNITS : ROWS }, (_, one) =>
      grid((row, unit) => ((over === 'unit' ? unit : row) === one ? of(row * UNITS + unit, unit) : 0)).reduce(
        (a, b) => a + b,
      ),
    );
  close(
    active,
    sums((at) => isOn[at]!, 'row'),
  );
  // ∂θ/∂log θ = θ; ∂Σf²/∂f = 2f; ∂f/∂θ = −θ/ε and ∂L0/∂θ = −1/ε within half of ε.
  close(
    byTheta,
    sums((at, unit) => (2 * f[at]! * -theta[unit]! * kernel[at]! * theta[unit]!) / bandwidth, 'unit'),
  );
  close(
    countByTheta,
    sums((at, unit) => (-kernel[at]! * theta[unit]!) / bandwidth, 'unit'),
  );
  close(
    byInput,
    f.map((value) => 2 * value),
  );
  const later = run('infer', ({ net, f: given }) => [
    jumpRelu(net, given, { threshold: 0.01, bandwidth }).code,
  ]);
  close(later[0], f);
});

test('prefixes: the squared error of what the first units make', () => {
  const made = run('validate', ({ net, x, f }) => prefixErrors(net, { code: f, image: x }, [1, 4]));
  for (const [i, end] of [1, 4].entries()) {
    close(
      made[i],
      Array.from({ length: ROWS }, (_, row) =>
        [0, 1, 2].reduce((sum, k) => sum + (X[row * VALUES + k]! - decoded(F, row, k, end)) ** 2, 0),
      ),
    );
  }
});

describe('revival', () => {
  const settings = { after: 3, tried: 3, chosen: 1 };
  const build = ({ net, x, f, parameter }: Given) => {
    const source = sparseInput(net, x, UNITS);
    const rest = revival(net, { input: source, code: f, error: x }, settings);
    const names = ['encoder.code.weight', 'decoder.output.weight'];
    return [
      rest,
      net.states.get('encoder.code.idle')!.next!,
      ...gradients(reduceSum(rest), names.map(parameter)),
    ];
  };

  test('without dead units it is 0, and units that fire are not idle', () => {
    const [rest, next, byWeight] = run('train', build, { idle: [0, 1, 2, 2, 2, 2] });
    close(rest, new Array(ROWS).fill(0));
    const sums = Array.from({ length: UNITS }, (_, unit) =>
      grid((row, at) => (at === unit ? F[row * UNITS + at]! : 0)).reduce((a, b) => a + b),
    );
    close(
      next,
      [0, 1, 2, 2, 2, 2].map((idle, unit) => (sums[unit]! > 0 ? 0 : idle + 1)),
    );
    close(byWeight, new Array(E.length).fill(0));
  });

  test('the strongest dead unit of each row is given its error to explain, and others learn nothing of it', () => {
    const dead = [1, 4];
    const idle = Array.from({ length: UNITS }, (_, unit) => (dead.includes(unit) ? 3 : 0));
    const [rest, , byWeight, byDirection] = run('train', build, { idle });
    const wanted = Array.from({ length: ROWS }, (_, row) => {
      const best = dead.reduce((a, b) => (h(row, b) > h(row, a) ? b : a));
      const value = Math.max(0, h(row, best));
      return [0, 1, 2].reduce((sum, k) => sum + (X[row * VALUES + k]! - value * direction(best, k)) ** 2, 0);
    });
    close(rest, wanted);
    const bestOf = (row: number) => dead.reduce((a, b) => (h(row, b) > h(row, a) ? b : a));
    const learns = (unit: number) =>
      grid((row, at) => Number(at === unit && bestOf(row) === unit && h(row, at) > 0)).includes(1);
    expect([1, 4].some(learns)).toBe(true);
    for (let unit = 0; unit < UNITS; unit++) {
      const own = (all: readonly number[]) => all.slice(unit * VALUES, (unit + 1) * VALUES);
      const moves = [...own(byWeight!), ...own(byDirection!)].some((slope) => slope !== 0);
      expect(moves).toBe(learns(unit));
    }
  });

  test('all dead units have their turn', () => {
    const seen = new Set<number>();
    for (let step = 3; step < 40; step++) {
      const [, , byWeight] = run(
        'train',
        (given) => {
          const source = sparseInput(given.net, given.x, UNITS);
          const one = { after: 3, tried: 1, chosen: 1 };
          const rest = revival(given.net, { input: source, code: given.f, error: given.x }, one);
          return [rest, rest, gradients(reduceSum(rest), [given.parameter('encoder.code.weight')])[0]!];
        },
        { idle: new Array(UNITS).fill(step) },
      );
      for (let unit = 0; unit < UNITS; unit++) if (byWeight![unit * VALUES] !== 0) seen.add(unit);
    }
    const canFire = Array.from({ length: UNITS }, (_, unit) => unit).filter((unit) =>
      grid((row, at) => Number(at === unit && h(row, at) > 0)).includes(1),
    );
    expect(canFire.length).toBeGreaterThan(2);
    expect([...seen].sort()).toEqual(canFire);
  });
});
