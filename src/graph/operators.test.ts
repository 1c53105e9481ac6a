import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import {
  add,
  apply,
  cast,
  clip,
  constant,
  div,
  expandLike,
  gemm,
  greater,
  input,
  inScope,
  matmul,
  mul,
  reduceSum,
  relu,
  reshape,
  type Shape,
  type Sym,
  sub,
  transpose,
  where,
} from './index.ts';
import { OPERATORS, type OperatorName } from './operators.ts';

const f = (...shape: Shape) => input('f', shape);
const whole = (...shape: Shape) => input('i', shape, 'int64');
const mask = (...shape: Shape) => input('b', shape, 'bool');

/** The operator, what breaks one of its rules, and what the message must show beside operator and scope. */
const BAD: readonly [op: OperatorName, build: () => Sym, ...told: string[]][] = [
  ['Add', () => add(f(2, 3), f(2)), 'float32[2, 3] and float32[2]', 'equal or broadcast'],
  ['Add', () => add(f('N', 3), f('M', 3)), 'float32[N, 3] and float32[M, 3]', 'equal or broadcast'],
  ['Add', () => add(f('N'), f(3)), 'float32[N] and float32[3]', 'equal or broadcast'],
  ['Add', () => add(f(2), whole(2)), 'float32[2] and int64[2]', 'one element type'],
  ['Add', () => add(whole(2), 0), 'int64[2] and float32[]', 'one element type'],
  ['Add', () => add(0, mask(2)), 'float32[] and bool[2]', 'not bool'],
  ['Add', () => add(mask(2), mask(2)), 'bool[2] and bool[2]', 'not bool'],
  ['Add', () => apply('Add', [f(2)]), 'float32[2]', 'takes 2 operands'],
  ['Add', () => apply('Add', [f(2), f(2), f(2)]), 'takes 2 operands'],
  ['Sub', () => sub(f(4, 3), f(4, 2)), 'float32[4, 3] and float32[4, 2]', 'broadcast'],
  ['Sub', () => sub(whole(2), 0), 'int64[2] and float32[]', 'one element type'],
  ['Mul', () => mul(f(2, 1, 3), f(2, 2)), 'float32[2, 1, 3] and float32[2, 2]', 'broadcast'],
  ['Mul', () => mul(mask(2), 1), 'bool[2] and float32[]', 'not bool'],
  ['Mul', () => mul(1, whole(2)), 'float32[] and int64[2]', 'one element type'],
  ['Div', () => div(f(0 + 5), f(4)), 'float32[5] and float32[4]', 'broadcast'],
  ['Div', () => div(whole(2), 1), 'int64[2] and float32[]', 'one element type'],
  ['Greater', () => greater(f(2), f(3)), 'float32[2] and float32[3]', 'broadcast'],
  ['Greater', () => greater(whole(2), 0), 'int64[2] and float32[]', 'one element type'],
  ['Greater', () => greater(mask(2), mask(2)), 'bool[2] and bool[2]', 'not bool'],
  [
    'Where',
    () => where(f(2), f(2), f(2)),
    'float32[2] and float32[2] and float32[2]',
    'condition must be bool',
  ],
  ['Where', () => where(mask(2), f(2), whole(2)), 'bool[2] and float32[2] and int64[2]', 'one element type'],
  ['Where', () => where(mask(2), mask(2), mask(2)), 'not bool'],
  ['Where', () => where(mask(2), f(3), f(3)), 'bool[2] and float32[3]', 'broadcast'],
  ['Where', () => where(mask(1), f(3), f(2)), 'bool[1] and float32[3] and float32[2]', 'broadcast'],
  ['Cast', () => cast(f(2), 'float64' as 'float32'), 'float32[2]', 'float32, int64 or bool'],
  ...(
    [
      'Neg',
      'Abs',
      'Sign',
      'Step',
      'Exp',
      'Log',
      'Sqrt',
      'Reciprocal',
      'Erf',
      'Sigmoid',
      'Tanh',
      'Softplus',
      'Relu',
      'LeakyRelu',
      'Elu',
    ] as const
  ).flatMap((op): (typeof BAD)[number][] => [
    [op, () => apply(op, [whole(2)]), 'int64[2]', 'must be float32'],
    [op, () => apply(op, [mask()]), 'bool[]', 'must be float32'],
    [op, () => apply(op, []), 'takes 1 operands'],
  ]),
  ['Clip', () => clip(whole(2), 0, 1), 'int64[2]', 'must be float32'],
  ['Clip', () => clip(f(2), 1, 0), 'min 1 must not exceed max 0'],
  ['Clip', () => clip(f(2), 0, Number.NaN), 'max NaN'],
  ['MatMul', () => matmul(f(3), f(3, 2)), 'float32[3] and float32[3, 2]', 'rank 2 or more'],
  ['MatMul', () => matmul(f(2, 3), f(3)), 'rank 2 or more'],
  [
    'MatMul',
    () => matmul(f('N', 3), f(4, 2)),
    'float32[N, 3] and float32[4, 2]',
    "must equal the second's rows",
  ],
  ['MatMul', () => matmul(f('N', 1), f(4, 2)), "must equal the second's rows"],
  ['MatMul', () => matmul(f(2, 'N'), f('M', 2)), "must equal the second's rows"],
  [
    'MatMul',
    () => matmul(f(2, 4, 3), f(3, 3, 4)),
    'float32[2, 4, 3] and float32[3, 3, 4]',
    'leading dimensions',
  ],
  ['MatMul', () => matmul(f(2, 3), whole(3, 2)), 'float32[2, 3] and int64[3, 2]', 'must be float32'],
  ['MatMul', () => matmul(mask(2, 3), mask(3, 2)), 'must be float32'],
  ['Gemm', () => gemm(f(1, 2, 3), f(3, 2)), 'float32[1, 2, 3] and float32[3, 2]', 'rank 2'],
  ['Gemm', () => gemm(f(2, 3), f(3)), 'rank 2'],
  ['Gemm', () => gemm(f(2, 3), f(2, 3)), 'float32[2, 3] and float32[2, 3]', 'inner dimensions must agree'],
  ['Gemm', () => gemm(f(2, 3), f(2, 3), { transA: true, transB: true }), 'inner dimensions must agree'],
  ['Gemm', () => gemm(f(2, 3), f(3, 4), { transB: true }), 'inner dimensions must agree'],
  ['Gemm', () => gemm(f('N', 3), f(3, 4), { addend: f(5) }), 'addend must broadcast to [N, 4]', 'float32[5]'],
  ['Gemm', () => gemm(f(1, 3), f(3, 4), { addend: f(2, 4) }), 'addend must broadcast to [1, 4]'],
  ['Gemm', () => gemm(f(2, 3), f(3, 4), { addend: f(1, 2, 4) }), 'addend must broadcast to [2, 4]'],
  ['Gemm', () => gemm(f(2, 3), f(3, 4), { addend: whole(4) }), 'int64[4]', 'must be float32'],
  ['Gemm', () => gemm(f(2, 3), mask(3, 4)), 'bool[3, 4]', 'must be float32'],
  ['Gemm', () => apply('Gemm', [f(2, 2)]), 'takes 2 to 3 operands'],
  ['Transpose', () => transpose(f(2, 3), [0]), 'float32[2, 3]', 'perm must order the axes 0 to 1, got [0]'],
  ['Transpose', () => transpose(f(2, 3), [0, 0]), 'got [0, 0]'],
  ['Transpose', () => transpose(f(2, 3), [0, 2]), 'got [0, 2]'],
  ['Transpose', () => transpose(f(2, 3), [0, -1]), 'got [0, -1]'],
  ['Transpose', () => transpose(f(2, 3), [0, 0.5]), 'got [0, 0.5]'],
  ['Reshape', () => reshape(f(2, 3), [7]), 'float32[2, 3]', 'new shape [7] must hold as many'],
  ['Reshape', () => reshape(f('N', 3), [3]), 'new shape [3] must hold as many'],
  ['Reshape', () => reshape(f('N', 3), ['M', 3]), 'new shape [M, 3] must hold as many'],
  ['Reshape', () => reshape(f('N'), ['N', 'N']), 'must hold as many'],
  ['Reshape', () => reshape(f(4), [-2, -2]), 'positive whole numbers'],
  ['Reshape', () => reshape(f(4), [-1]), 'positive whole numbers'],
  ['Reshape', () => reshape(f(4), [0]), 'positive whole numbers'],
  ['Reshape', () => reshape(f(4), [0.5, 8]), 'positive whole numbers'],
  ['Reshape', () => reshape(f('N', 2, 'M'), ['M', 2, 'N']), 'at most one symbolic dimension', '[M, 2, N]'],
  ['ReduceSum', () => reduceSum(f(2, 3), [2]), 'float32[2, 3]', 'within -2 to 1'],
  ['ReduceSum', () => reduceSum(f(2, 3), [-3]), 'within -2 to 1'],
  ['ReduceSum', () => reduceSum(f(2, 3), [1, -1]), 'distinct'],
  ['ReduceSum', () => reduceSum(f(2, 3), [Number.NaN]), 'within -2 to 1'],
  ['ReduceSum', () => reduceSum(f(), [0]), 'float32[]'],
  ['ReduceSum', () => apply('ReduceSum', [f(2)], { axes: [], keepdims: 0 }), 'at least one axis'],
  ['ReduceSum', () => reduceSum(mask(2)), 'bool[2]', 'not bool'],
  ['ExpandLike', () => expandLike(f(2), f(3)), 'float32[2] and float32[3]', 'must broadcast to the second'],
  ['ExpandLike', () => expandLike(f(2, 3), f(3)), 'must broadcast to the second'],
  ['ExpandLike', () => expandLike(f(3), f(1)), 'must broadcast to the second'],
  ['ExpandLike', () => expandLike(f('N'), f('M')), 'must broadcast to the second'],
];

describe('a bad graph fails where it is built, by operator, scope, shapes and rule', () => {
  test.each(BAD.map(([op, build, ...told]) => [op, told.join(' · '), build, told] as const))(
    '%s: %s',
    (op, _, build, told) => {
      let caught: unknown;
      try {
        inScope('decoder', () => inScope('dense1', build));
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(HourglassError);
      const { message, kind } = caught as HourglassError;
      expect(kind).toBe('usage');
      expect(message).toContain(`${op} in decoder/dense1: `);
      for (const part of told) expect(message).toContain(part);
    },
  );

  test('every operator has its bad graphs here', () => {
    const covered = new Set(BAD.map(([op]) => op));
    expect([...covered].sort()).toEqual(Object.keys(OPERATORS).sort());
  });

  test('outside of any scope the operator stands alone', () => {
    expect(() => add(f(2), f(3))).toThrow(/^Add: shapes must be equal/);
  });

  test.each<Shape>([[0], [-1], [1.5], [Number.NaN], [2, ''], [Number.POSITIVE_INFINITY]])(
    'an input of shape [%s]',
    (...shape) => {
      expect(() => input('pixels', shape)).toThrow(HourglassError);
      expect(() => input('pixels', shape)).toThrow(/input pixels.*positive whole numbers/);
    },
  );

  test('a constant whose values do not fill its shape', () => {
    expect(() => constant([1, 2], [3])).toThrow(/2 values/);
    expect(() => constant([1, 2])).toThrow(/2 values/);
    expect(() => constant([1, 2, 3, 4], [-2, -2])).toThrow(/4 values/);
    expect(() => constant([], [0])).toThrow(/0 values/);
  });
});

describe('shapes and types of results', () => {
  test.each<[string, Sym, Shape]>([
    ['broadcast from the right', add(f('N', 1, 3), f(2, 1)), ['N', 2, 3]],
    ['a scalar', mul(f('N', 3), 2), ['N', 3]],
    ['where, all three ways', where(mask(2, 1, 1), f(3, 1), f(4)), [2, 3, 4]],
    ['batched product', matmul(f('N', 1, 2, 3), f(5, 3, 4)), ['N', 5, 2, 4]],
    ['product of plain matrices', matmul(f('N', 3), f(3, 'N')), ['N', 'N']],
    ['gemm, both transposed', gemm(f(3, 'N'), f(4, 3), { transA: true, transB: true }), ['N', 4]],
    ['transpose', transpose(f('N', 2, 3), [2, 0, 1]), [3, 'N', 2]],
    ['transpose of a scalar', transpose(f(), []), []],
    ['reshape that moves the batch', reshape(f('N', 2, 3), [3, 'N', 2]), [3, 'N', 2]],
    ['reshape to a scalar', reshape(f(1, 1), []), []],
    ['sum over all', reduceSum(f('N', 3)), []],
    ['sum over all, kept', reduceSum(f('N', 3), undefined, true), [1, 1]],
    ['sum over the last', reduceSum(f('N', 3), [-1]), ['N']],
    ['sum over the first', reduceSum(f('N', 3), [0]), [3]],
    ['sum of a scalar', reduceSum(f()), []],
    ['expand', expandLike(f(1, 3), f('N', 3)), ['N', 3]],
  ])('%s', (_, y, shape) => {
    expect(y.shape).toEqual(shape);
    expect(y.dtype).toBe('float32');
  });

  test('element types', () => {
    expect(greater(f(2), 0).dtype).toBe('bool');
    expect(cast(f(2), 'int64').dtype).toBe('int64');
    expect(add(whole(2), whole(2)).dtype).toBe('int64');
    expect(where(mask(2), whole(2), whole(2)).dtype).toBe('int64');
    expect(expandLike(mask(1), f(2)).dtype).toBe('bool');
  });

  test('what changes nothing is left out', () => {
    const x = f('N', 3);
    for (const y of [
      add(x, 0),
      add(0, x),
      sub(x, 0),
      mul(x, 1),
      mul(1, x),
      mul(x, constant(1)),
      div(x, 1),
      reshape(x, ['N', 3]),
      expandLike(x, f('N', 3)),
      reduceSum(x, []),
    ]) {
      expect(y).toBe(x);
    }
    for (const y of [sub(0, x), div(1, x), mul(x, constant([1], [1])), mul(x, 0), relu(x)])
      expect(y).not.toBe(x);
  });

  test('scalar constants fold into one', () => {
    const y = mul(mul(constant(3), 4), constant(0.5));
    expect([y.op, y.shape, y.values]).toEqual(['Constant', [], [6]]);
    expect(mul(constant([2], [1]), 3).op).toBe('Mul');
    expect(mul(constant(1), constant(1)).values).toEqual([1]);
  });

  test('a constant keeps its values when the array it came from changes', () => {
    const values = [1, 2];
    const shape = [2];
    const c = constant(values, shape);
    values[0] = 9;
    expect(c.values).toEqual([1, 2]);
  });
});
