import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import {
  add,
  apply,
  argMin,
  argTopK,
  averagePool,
  batchTopK,
  binaryCrossEntropy,
  cast,
  clip,
  concat,
  constant,
  conv,
  convTranspose,
  div,
  equal,
  expandLike,
  flip,
  gather,
  gemm,
  greater,
  input,
  inScope,
  matmul,
  maxPool,
  mul,
  pad,
  quadraticForm,
  reduceProduct,
  reduceSum,
  relu,
  reluDropout,
  reshape,
  round,
  type Shape,
  type Sym,
  slice,
  stopGradient,
  sub,
  topK,
  transpose,
  upsample,
  where,
} from './index.ts';
import { OPERATORS, type OperatorName } from './operators.ts';

const f = (...shape: Shape) => input('f', shape);
const whole = (...shape: Shape) => input('i', shape, 'int64');
const mask = (...shape: Shape) => input('b', shape, 'bool');

/** The operator, what breaks one of its rules, and what the message must show besides operator and scope. */
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
      'Gelu',
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
  ['ReluDropout', () => reluDropout(f('N', 3), f('N', 2), 2), 'float32[N, 3] and float32[N, 2]', 'one shape'],
  ['ReluDropout', () => reluDropout(whole(2), f(2), 2), 'must be float32'],
  ['BinaryCrossEntropy', () => binaryCrossEntropy(f(3), f(3)), 'float32[3]', 'logits must be [N, k]'],
  ['BinaryCrossEntropy', () => binaryCrossEntropy(f('N', 3), f('N', 2)), 'targets [N, k] or [1, k]'],
  ['BinaryCrossEntropy', () => binaryCrossEntropy(f('N', 3), f(2, 3)), 'targets [N, k] or [1, k]'],
  ['BinaryCrossEntropy', () => binaryCrossEntropy(f(3, 'N'), f(3, 'N')), 'with a fixed k'],
  ['BinaryCrossEntropy', () => binaryCrossEntropy(f(2, 3), whole(2, 3)), 'must be float32'],
  ['QuadraticForm', () => quadraticForm(f('N', 3), f(3, 2)), 'float32[N, 3] and float32[3, 2]', '[k, k]'],
  ['QuadraticForm', () => quadraticForm(f(3), f(3, 3)), 'must be [N, k] and [k, k]'],
  ['QuadraticForm', () => quadraticForm(f(2, 3), whole(3, 3)), 'must be float32'],
  ['ReduceProd', () => reduceProduct(mask(2), 0), 'bool[2]', 'must be numbers'],
  ['ReduceProd', () => reduceProduct(f(2, 3), 2), 'must be distinct and within -2 to 1'],
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
  ['Equal', () => equal(f(2), f(3)), 'float32[2] and float32[3]', 'broadcast'],
  ['Pad', () => pad(whole(2), [1], [0]), 'int64[2]', 'must be float32'],
  ['Pad', () => pad(f('N', 2), [1, 0], [0, 0]), 'float32[N, 2]', 'symbolic dimension N cannot be padded'],
  ['Pad', () => pad(f(2), [1], []), 'pads must be 2 whole numbers'],
  ['Pad', () => pad(f(2), [-1], [0]), 'pads must be 2 whole numbers, 0 or more, got [-1, 0]'],
  ['Slice', () => slice(f('N', 3), [{ axis: 0, start: 0, end: 1 }]), 'symbolic dimension N cannot be sliced'],
  ['Slice', () => slice(f(3), [{ axis: 0, start: 2, end: 2 }]), 'at least one element of axis 0'],
  ['Slice', () => slice(f(3), [{ axis: 0, start: 0, end: 2, step: -1 }]), 'at least one element of axis 0'],
  ['Slice', () => slice(f(3), [{ axis: 0, start: 0, end: 2, step: 0 }]), 'no step 0'],
  ['Slice', () => slice(f(3), [{ axis: 0, start: 0.5, end: 2 }]), 'must be whole numbers'],
  ['Slice', () => slice(f(3), [{ axis: 1, start: 0, end: 2 }]), 'float32[3]', 'within 0 to 0'],
  ['Concat', () => concat([f(2), f(3, 1)], 0), 'float32[2] and float32[3, 1]', 'equal but for axis 0'],
  ['Concat', () => concat([f(2, 2), f(2, 3)], 0), 'equal but for axis 0'],
  ['Concat', () => concat([f('N'), f('N')], 0), 'of known size'],
  ['Concat', () => concat([f(2), whole(2)], 0), 'one element type'],
  ['Concat', () => concat([f(2), f(2)], 1), 'within 0 to 0, got 1'],
  ['Round', () => round(whole(2)), 'int64[2]', 'must be float32'],
  ['StopGradient', () => stopGradient(mask(2)), 'bool[2]', 'must be float32'],
  ['TopK', () => topK(f('N', 3), 4), 'float32[N, 3]', 'from 1 to 3, got 4'],
  ['ArgTopK', () => argTopK(f('N', 3), 0), 'from 1 to 3, got 0'],
  ['BatchTopK', () => batchTopK(f(3, 'N'), 1), 'with a fixed width'],
  ['ArgMin', () => argMin(f('N', 3), 2), 'float32[N, 3]', 'within 0 to 1, got 2'],
  ['ArgMin', () => argMin(f('N', 3), -1), 'within 0 to 1, got -1'],
  ['ArgMin', () => argMin(whole('N', 3), 1), 'int64[N, 3]', 'must be float32'],
  ['Gather', () => gather(f(3, 2), f('N')), 'float32[3, 2] and float32[N]', 'int64 numbers of its rows'],
  ['Gather', () => gather(f(3), whole('N')), 'a table [rows, k] and numbers [n]'],
  ['Gather', () => gather(f(3, 2), whole('N', 1)), 'a table [rows, k] and numbers [n]'],
  ['Conv', () => conv(f('N', 784), f(8, 1, 3, 3)), 'float32[N, 784]', 'maps must be float32[N, channels'],
  ['Conv', () => conv(f('N', 1, 'H', 9), f(8, 1, 3, 3)), 'all but N numbers'],
  ['Conv', () => conv(f('N', 1, 9, 9), f(8, 3, 3)), 'float32[8, 3, 3]', 'the weight must be'],
  ['Conv', () => conv(f('N', 1, 9, 9), f('O', 1, 3, 3)), 'the weight must be'],
  ['Conv', () => conv(f('N', 2, 9, 9), f(8, 1, 3, 3)), 'second dimension must be the number of channels'],
  ['Conv', () => conv(f('N', 1, 2, 9), f(8, 1, 3, 3)), 'the kernel must fit into the padded maps'],
  ['Conv', () => conv(f('N', 1, 9, 9), f(8, 1, 3, 3), {}, f(7)), 'float32[7]', 'one element for each output'],
  ['Conv', () => conv(f('N', 1, 9, 9), f(8, 1, 3, 3), { strides: [0, 1] }), 'strides must be'],
  ['Conv', () => conv(f('N', 1, 9, 9), f(8, 1, 3, 3), { pads: [0, -1, 0, 0] }), 'pads must be'],
  ['ConvTranspose', () => convTranspose(f('N', 784), f(8, 1, 3, 3)), 'maps must be float32[N, channels'],
  ['ConvTranspose', () => convTranspose(f('N', 2, 9, 9), f(2, 3)), 'the weight must be'],
  ['ConvTranspose', () => convTranspose(f('N', 1, 9, 9), f(8, 1, 3, 3)), "weight's first dimension"],
  [
    'ConvTranspose',
    () => convTranspose(f('N', 1, 9, 9), f(1, 8, 3, 3), {}, f(1)),
    'one element for each output',
  ],
  [
    'ConvTranspose',
    () => convTranspose(f('N', 1, 9, 9), f(1, 8, 3, 3), { strides: [1.5, 1] }),
    'strides must be',
  ],
  [
    'ConvTranspose',
    () => convTranspose(f('N', 1, 9, 9), f(1, 8, 3, 3), { strides: [2, 2], outputPadding: [2, 0] }),
    'output_padding must be less than the stride',
  ],
  [
    'ConvTranspose',
    () => convTranspose(f('N', 1, 9, 9), f(1, 8, 3, 3), { outputPadding: [-1, 0] }),
    'output_padding must be two whole numbers',
  ],
  [
    'ConvTranspose',
    () => convTranspose(f('N', 1, 1, 1), f(1, 8, 3, 3), { pads: [2, 2, 1, 1] }),
    'pads must leave something',
  ],
  ['MaxPool', () => maxPool(f('N', 9, 9), [2, 2]), 'maps must be float32[N, channels'],
  ['MaxPool', () => maxPool(whole('N', 1, 9, 9), [2, 2]), 'int64[N, 1, 9, 9]', 'maps must be float32'],
  ['MaxPool', () => maxPool(f('N', 1, 9, 1), [2, 2]), 'at least one window'],
  ['MaxPool', () => maxPool(f('N', 1, 9, 9), [2, 0]), 'kernel_shape must be two positive'],
  [
    'MaxPool',
    () => apply('MaxPool', [f('N', 1, 9, 9)], { kernel_shape: [3, 3], strides: [2, 2] }),
    'strides must equal kernel_shape',
  ],
  ['AveragePool', () => averagePool(f('N', 1, 1, 9), [2, 2]), 'at least one window'],
  ['Resize', () => upsample(f('N', 9), [2, 2]), 'maps must be float32[N, channels'],
  ['Resize', () => upsample(f('N', 1, 9, 9), [2, 0.5]), 'factors must be two positive'],
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
    ['pad', pad(f('N', 3), [0, 1], [0, 2]), ['N', 6]],
    ['slice, every second', slice(f('N', 5), [{ axis: 1, start: 0, end: 5, step: 2 }]), ['N', 3]],
    ['slice, from the end', slice(f(9), [{ axis: 0, start: -3, end: 99 }]), [3]],
    ['flip', flip(f(2, 9), [1]), [2, 9]],
    ['concat', concat([f('N', 2), f('N', 3)], 1), ['N', 5]],
    ['conv', conv(f('N', 1, 28, 28), f(8, 1, 5, 5)), ['N', 8, 24, 24]],
    [
      'conv, strided and padded',
      conv(f('N', 3, 28, 27), f(8, 3, 3, 3), { strides: [2, 2], pads: [0, 1, 1, 1] }, f(8)),
      ['N', 8, 14, 14],
    ],
    [
      'transposed conv',
      convTranspose(f('N', 8, 7, 7), f(8, 3, 3, 3), { strides: [2, 2], pads: [0, 0, 1, 1] }, f(3)),
      ['N', 3, 14, 14],
    ],
    ['max pool, a row left out', maxPool(f('N', 8, 7, 6), [2, 2]), ['N', 8, 3, 3]],
    ['upsample', upsample(f('N', 8, 7, 7), [2, 3]), ['N', 8, 14, 21]],
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
      pad(x, [0, 0], [0, 0]),
      slice(x, [{ axis: 1, start: 0, end: 3 }]),
      concat([x], 1),
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
