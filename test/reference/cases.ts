/**
 * Random uses of every operator: operands of random shapes with values away from kinks and poles, and the
 * symbol built from them. Differentiation and ONNX Runtime are both tested on these.
 */
import fc from 'fast-check';
import {
  abs,
  add,
  argMin,
  argTopK,
  averagePool,
  batchTopK,
  binaryCrossEntropy,
  bindShape,
  cast,
  clip,
  concat,
  conv,
  convTranspose,
  div,
  elu,
  equal,
  erf,
  exp,
  expandLike,
  gather,
  gelu,
  gemm,
  greater,
  input,
  leakyRelu,
  log,
  matmul,
  maxPool,
  mul,
  neg,
  type OperatorName,
  type Pads,
  type Pair,
  pad,
  positive,
  quadraticForm,
  reciprocal,
  reduceProduct,
  reduceSum,
  relu,
  reluDropout,
  reshape,
  round,
  type Shape,
  type Sym,
  sigmoid,
  sign,
  slice,
  sliceRange,
  softplus,
  sqrt,
  stopGradient,
  sub,
  tanh,
  topK,
  transpose,
  upsample,
  where,
} from '../../src/graph/index.ts';
import type { NdArray } from './interpreter.ts';
import { type Random, random } from './random.ts';

/** Draws one value. All are float32 numbers, so that both engines see the same. */
type Sampler = (draw: Random) => number;

interface Operand {
  shape: Shape;
  sample: Sampler;
}

interface Case {
  /** How the case reads where it fails. */
  text: string;
  operands: readonly Operand[];
  build: (operands: Sym[]) => Sym;
}

/** Between -2 and 2, at least `gap` away from each of `kinks`. */
const away =
  (kinks: readonly number[], gap = 0.1): Sampler =>
  (draw) => {
    for (;;) {
      const x = Math.fround(draw() * 4 - 2);
      if (kinks.every((kink) => Math.abs(x - kink) > gap)) return x;
    }
  };

export const anywhere = away([]);
const offZero = away([0]);
const positiveNumbers: Sampler = (draw) => Math.fround(0.3 + 2 * draw());
/** Multiples of a half, moved: two operands with different moves are never nearly equal. */
const lattice =
  (move: number): Sampler =>
  (draw) =>
    Math.floor(draw() * 9 - 4) / 2 + move;

/** A hundredth of a turn each: no two of some two hundred in a row are nearly equal. */
let turns = 0;
const distinct: Sampler = () => Math.fround(((turns++ * 37) % 211) / 50 - 2);

/** 'N' is bound to 1, 2 or 3 by the tests, 'M' to 2. */
const dim = fc.constantFrom(1, 2, 3, 'N', 'M');
const anyShape = fc.array(dim, { maxLength: 3 });

/** Shapes that broadcast to one shape: some leading dimensions left out, some others 1. */
function broadcastable(operands: number, whole: fc.Arbitrary<Shape> = anyShape): fc.Arbitrary<Shape[]> {
  const cut = fc.record({
    lead: fc.constantFrom(0, 0, 1, 2, 3),
    ones: fc.array(fc.boolean(), { size: 'small' }),
  });
  return fc
    .tuple(whole, fc.array(cut, { minLength: operands, maxLength: operands }))
    .map(([shape, cuts]) =>
      cuts.map(({ lead, ones }) =>
        shape.map((d, axis) => (ones[axis] ? 1 : d)).slice(Math.min(lead, shape.length)),
      ),
    );
}

function make(
  op: string,
  shapes: readonly Shape[],
  samples: readonly Sampler[],
  build: Case['build'],
  more = '',
): Case {
  const operands = shapes.map((shape, i) => ({ shape, sample: samples[i]! }));
  return { text: `${op}(${shapes.map((s) => `[${s}]`).join(', ')}${more})`, operands, build };
}

const unary = (op: string, f: (x: Sym) => Sym, sample: Sampler = anywhere): fc.Arbitrary<Case> =>
  anyShape.map((shape) => make(op, [shape], [sample], ([x]) => f(x!)));

const binary = (
  op: string,
  f: (a: Sym, b: Sym) => Sym,
  samples: readonly [Sampler, Sampler],
): fc.Arbitrary<Case> =>
  fc
    .tuple(broadcastable(2), fc.constantFrom(false, false, false, true))
    // Sometimes the same symbol twice.
    .map(([shapes, same]) =>
      same
        ? make(op, [shapes[0]!], [samples[1]], ([a]) => f(a!, a!), ' twice')
        : make(op, shapes, samples, ([a, b]) => f(a!, b!)),
    );

const whereCase = broadcastable(4).map((shapes) =>
  make(
    'Where',
    shapes,
    [lattice(0), lattice(0.25), anywhere, anywhere],
    ([p, q, a, b]) => where(greater(p!, q!), a!, b!),
    ' condition from the first two',
  ),
);

const matMulCase = fc
  .tuple(broadcastable(2, fc.array(dim, { maxLength: 2 })), dim, dim, dim)
  .map(([batches, m, k, n]) =>
    make(
      'MatMul',
      [
        [...batches[0]!, m, k],
        [...batches[1]!, k, n],
      ],
      [anywhere, anywhere],
      ([a, b]) => matmul(a!, b!),
    ),
  );

/** aᵀa or aaᵀ. */
const gramCase = fc
  .tuple(dim, dim, fc.boolean(), fc.constantFrom(1, -0.75))
  .map(([m, k, transA, alpha]) =>
    make('Gemm', [[m, k]], [anywhere], ([a]) => gemm(a!, a!, { transA, transB: !transA, alpha }), ' twice'),
  );

const gemmCase = fc
  .tuple(dim, dim, dim, fc.boolean(), fc.boolean(), fc.integer({ min: 0, max: 7 }), fc.constantFrom(1, -0.75))
  .map(([m, k, n, transA, transB, kind, alpha]) => {
    const addends: (Shape | undefined)[] = [undefined, [], [1], [n], [1, n], [m, 1], [m, n], [1, 1]];
    const addend = addends[kind];
    const shapes: Shape[] = [transA ? [k, m] : [m, k], transB ? [n, k] : [k, n]];
    return make(
      'Gemm',
      addend === undefined ? shapes : [...shapes, addend],
      [anywhere, anywhere, anywhere],
      ([a, b, c]) => gemm(a!, b!, { transA, transB, alpha, ...(c === undefined ? {} : { addend: c }) }),
      ` transA ${transA} transB ${transB} alpha ${alpha}`,
    );
  });

const transposeCase = fc
  .array(dim, { maxLength: 4 })
  .chain((shape) => {
    const axes = shape.map((_, axis) => axis);
    return fc.tuple(
      fc.constant(shape),
      fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length }),
    );
  })
  .map(([shape, perm]) =>
    make('Transpose', [shape], [anywhere], ([x]) => transpose(x!, perm), ` perm ${perm}`),
  );

/** The dimensions in another order, with ones put in and taken out, and numbers merged. */
const reshapeCase = fc
  .constantFrom<[Shape, Shape]>(
    [[], [1]],
    [[1, 1], []],
    [[6], [2, 3]],
    [
      [2, 3],
      [3, 2],
    ],
    [
      [2, 3, 2],
      [4, 3],
    ],
    [['N'], ['N', 1]],
    [
      ['N', 6],
      ['N', 2, 3],
    ],
    [
      ['N', 2, 3],
      [2, 'N', 3],
    ],
    [
      [2, 3, 'N'],
      ['N', 6],
    ],
    [['N', 1, 1], ['N']],
    [
      ['N', 3, 2],
      ['3*N', 2],
    ],
    [[1, 'N'], ['N']],
    [
      ['N', 'M'],
      ['N', 'M', 1],
    ],
    [
      ['N', 4, 'M'],
      ['N', 2, 2, 'M'],
    ],
  )
  .map(([from, to]) => make('Reshape', [from], [anywhere], ([x]) => reshape(x!, to), ` to [${to}]`));

const reduceSumCase = fc
  .array(dim, { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.shuffledSubarray(
        shape.map((_, axis) => axis),
        { minLength: 1 },
      ),
      fc.boolean(),
      fc.boolean(),
    ),
  )
  .map(([shape, axes, negative, keepdims]) => {
    const over = axes.map((axis) => (negative ? axis - shape.length : axis));
    return make(
      'ReduceSum',
      [shape],
      [anywhere],
      ([x]) => reduceSum(x!, over, keepdims),
      ` axes ${over} keepdims ${keepdims}`,
    );
  });

const expandLikeCase = broadcastable(1).chain(([small]) =>
  fc.array(dim, { maxLength: 2 }).map((lead) => {
    const like = [...lead, ...small!.map((d) => (d === 1 ? 2 : d))];
    return make('ExpandLike', [small!, like], [anywhere, anywhere], ([x, l]) => expandLike(x!, l!));
  }),
);

const padCase = fc
  .tuple(fc.array(dim, { maxLength: 3 }), fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }))
  .map(([shape, counts]) => {
    const some = (from: number) => shape.map((d, axis) => (typeof d === 'number' ? counts[axis + from]! : 0));
    return make('Pad', [shape], [anywhere], ([x]) => pad(x!, some(0), some(3)), ` by ${counts}`);
  });

const sliceCase = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      start: fc.integer({ min: -7, max: 6 }),
      end: fc.integer({ min: -7, max: 7 }),
      step: fc.constantFrom(1, 1, 2, 3, -1, -2),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .filter((axes) => axes.every(({ size, start, end, step }) => sliceRange(size, start, end, step).length > 0))
  .map((axes) => {
    const parts = axes.map(({ start, end, step }, i) => ({ axis: i + 1, start, end, step }));
    const shape: Shape = ['N', ...axes.map(({ size }) => size)];
    return make('Slice', [shape], [anywhere], ([x]) => slice(x!, parts), ` ${JSON.stringify(parts)}`);
  });

const concatCase = fc
  .tuple(
    fc.array(dim, { maxLength: 2 }),
    fc.nat(2),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  )
  .map(([rest, at, sizes]) => {
    const axis = Math.min(at, rest.length);
    const shapes = sizes.map((size) => rest.toSpliced(axis, 0, size));
    const samples = shapes.map(() => anywhere);
    return make('Concat', shapes, samples, (parts) => concat(parts, axis), ` axis ${axis}`);
  });

const argMinCase = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((rest) =>
  fc.nat(rest.length - 1).map((axis) => {
    const shape: Shape = ['N', ...rest];
    const build = ([x]: Sym[]) => cast(argMin(x!, axis + 1), 'float32');
    return make('ArgMin', [shape], [distinct], build, ` axis ${axis + 1}`);
  }),
);

/** The largest of each row, or of all. Where no gradient flows, there is none to compare: the result is rounded away. */
const topKCase = (op: 'TopK' | 'ArgTopK' | 'BatchTopK') =>
  fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.integer({ min: 1, max: width }).map((k) => {
      const build = ([x]: Sym[]) =>
        op === 'TopK'
          ? topK(x!, k)
          : op === 'ArgTopK'
            ? cast(argTopK(x!, k), 'float32')
            : cast(greater(x!, add(batchTopK(x!, k), 1e-3)), 'float32');
      return make(op, [['N', width]], [distinct], build, ` k ${k}`);
    }),
  );

/** Positive numbers below 3, as the numbers of rows. */
const belowThree: Sampler = (draw) => Math.floor(draw() * 3) + 0.5;

const gatherCase = fc
  .tuple(dim, dim)
  .map(([n, k]) =>
    make('Gather', [[3, k], [n]], [anywhere, belowThree], ([table, numbers]) =>
      gather(table!, cast(numbers!, 'int64')),
    ),
  );

const size = (most: number) => fc.integer({ min: 1, max: most });
const sizes = (most: number) => fc.tuple(size(most), size(most)) as fc.Arbitrary<Pair>;
const batch = fc.constantFrom('N', 2);

/** Convolution and its transpose: the same settings, where they leave anything of the result. */
const convolutions = fc.record({
  n: batch,
  from: size(2),
  to: size(2),
  image: sizes(4),
  kernel: sizes(3),
  strides: sizes(3),
  pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)) as fc.Arbitrary<Pads>,
  more: fc.tuple(fc.nat(2), fc.nat(2)) as fc.Arbitrary<Pair>,
  bias: fc.boolean(),
});

const convCase = convolutions
  .filter(({ image, kernel, pads }) =>
    [0, 1].every((axis) => image[axis]! + pads[axis]! + pads[axis + 2]! >= kernel[axis]!),
  )
  .map(({ n, from, to, image, kernel, strides, pads, bias }) => {
    const shapes: Shape[] = [[n, from, ...image], [to, from, ...kernel], ...(bias ? [[to]] : [])];
    const samples = shapes.map(() => anywhere);
    const build = ([x, w, b]: Sym[]) => conv(x!, w!, { strides, pads }, b);
    return make('Conv', shapes, samples, build, ` strides ${strides} pads ${pads}`);
  });

const convTransposeCase = convolutions
  .map((settings) => {
    const more: Pair = [settings.more[0] % settings.strides[0], settings.more[1] % settings.strides[1]];
    return { ...settings, more };
  })
  .filter(({ image, kernel, strides, pads, more }) =>
    [0, 1].every(
      (axis) =>
        (image[axis]! - 1) * strides[axis]! + kernel[axis]! + more[axis]! > pads[axis]! + pads[axis + 2]!,
    ),
  )
  .map(({ n, from, to, image, kernel, strides, pads, more, bias }) => {
    const shapes: Shape[] = [[n, from, ...image], [from, to, ...kernel], ...(bias ? [[to]] : [])];
    const samples = shapes.map(() => anywhere);
    const build = ([x, w, b]: Sym[]) => convTranspose(x!, w!, { strides, pads, outputPadding: more }, b);
    return make('ConvTranspose', shapes, samples, build, ` strides ${strides} pads ${pads} more ${more}`);
  });

const poolCase = (op: string, f: (x: Sym, size: Pair) => Sym) =>
  fc.tuple(batch, size(2), sizes(3), sizes(3), sizes(2)).map(([n, channels, windows, rest, kernel]) => {
    const [height, width] = windows.map((count, axis) =>
      Math.min(5, count * kernel[axis]! + (rest[axis]! % kernel[axis]!)),
    );
    const shape: Shape = [n, channels, height!, width!];
    return make(op, [shape], [distinct], ([x]) => f(x!, kernel), ` ${kernel}`);
  });

const resizeCase = fc
  .tuple(batch, size(2), sizes(3), sizes(3))
  .map(([n, channels, image, factors]) =>
    make('Resize', [[n, channels, ...image]], [anywhere], ([x]) => upsample(x!, factors), ` by ${factors}`),
  );

export const CASES: Readonly<Record<OperatorName, fc.Arbitrary<Case>>> = {
  Add: binary('Add', add, [anywhere, anywhere]),
  Sub: binary('Sub', sub, [anywhere, anywhere]),
  Mul: binary('Mul', mul, [anywhere, anywhere]),
  Div: binary('Div', div, [anywhere, positiveNumbers]),
  Greater: binary('Greater', (a, b) => cast(greater(a, b), 'float32'), [lattice(0), lattice(0.25)]),
  Equal: binary('Equal', (a, b) => cast(equal(a, b), 'float32'), [lattice(0), lattice(0.25)]),
  Where: whereCase,
  Cast: fc
    .constantFrom('float32' as const, 'int64' as const, 'bool' as const)
    .chain((to) =>
      anyShape.map((shape) =>
        make('Cast', [shape], [away([-1, 0, 1])], ([x]) => cast(cast(x!, to), 'float32'), ` to ${to}`),
      ),
    ),
  Neg: unary('Neg', neg),
  Abs: unary('Abs', abs, offZero),
  Sign: unary('Sign', sign, offZero),
  Step: unary('Step', positive, offZero),
  Round: unary('Round', round, away([-1.5, -0.5, 0.5, 1.5])),
  // Of what has no slope anyway: differences know nothing of it.
  StopGradient: unary('StopGradient', (x) => stopGradient(positive(x)), offZero),
  ArgMin: argMinCase,
  TopK: topKCase('TopK'),
  ArgTopK: topKCase('ArgTopK'),
  BatchTopK: topKCase('BatchTopK'),
  Gather: gatherCase,
  Exp: unary('Exp', exp),
  Log: unary('Log', log, positiveNumbers),
  Sqrt: unary('Sqrt', sqrt, positiveNumbers),
  Reciprocal: unary('Reciprocal', reciprocal, away([0], 0.4)),
  Erf: unary('Erf', erf),
  Sigmoid: unary('Sigmoid', sigmoid),
  Tanh: unary('Tanh', tanh),
  Softplus: unary('Softplus', softplus),
  Relu: unary('Relu', relu, offZero),
  LeakyRelu: unary('LeakyRelu', (x) => leakyRelu(x, 0.2), offZero),
  Elu: fc.constantFrom(1, 0.5, 1.7).chain((alpha) => unary(`Elu ${alpha}`, (x) => elu(x, alpha), offZero)),
  Clip: fc
    .constantFrom([-1, 1], [0, 0.5], [-0.75, Number.POSITIVE_INFINITY])
    .chain(([min, max]) => unary(`Clip ${min} to ${max}`, (x) => clip(x, min!, max!), away([min!, max!]))),
  Gelu: unary('Gelu', gelu),
  ReluDropout: anyShape.map((shape) =>
    make('ReluDropout', [shape, shape], [offZero, offZero], ([x, m]) =>
      reluDropout(x!, mul(positive(m!), 1.25), 1.25),
    ),
  ),
  // Products of 112 factors are joined, so widths of two and three products are there, in one row: differences take
  // time with the square of the elements.
  BinaryCrossEntropy: fc
    .tuple(
      fc.oneof(
        { weight: 16, arbitrary: fc.tuple(batch, fc.constantFrom(1, 5)) },
        { weight: 1, arbitrary: fc.constantFrom([1, 113] as const, [1, 226] as const) },
      ),
      fc.boolean(),
    )
    .map(([[n, width], one]) =>
      make(
        'BinaryCrossEntropy',
        [
          [n, width],
          [one ? 1 : n, width],
        ],
        [anywhere, anywhere],
        ([z, t]) => binaryCrossEntropy(z!, t!),
      ),
    ),
  QuadraticForm: fc.tuple(batch, size(3)).map(([n, width]) =>
    make(
      'QuadraticForm',
      [
        [n, width],
        [width, width],
      ],
      [anywhere, anywhere],
      ([a, w]) => quadraticForm(a!, gemm(w!, w!, { transB: true })),
    ),
  ),
  MatMul: matMulCase,
  Gemm: fc.oneof({ weight: 3, arbitrary: gemmCase }, { weight: 1, arbitrary: gramCase }),
  Transpose: transposeCase,
  Reshape: reshapeCase,
  ReduceSum: reduceSumCase,
  ReduceProd: fc
    .tuple(dim, size(3), dim, fc.integer({ min: -3, max: 2 }))
    .map(([a, b, c, axis]) =>
      make('ReduceProd', [[a, b, c]], [positiveNumbers], ([x]) => reduceProduct(x!, axis), ` over ${axis}`),
    ),
  ExpandLike: expandLikeCase,
  Pad: padCase,
  Slice: sliceCase,
  Concat: concatCase,
  Conv: convCase,
  ConvTranspose: convTransposeCase,
  MaxPool: poolCase('MaxPool', maxPool),
  AveragePool: poolCase('AveragePool', averagePool),
  Resize: resizeCase,
};

const SIZES: Readonly<Record<string, number>> = { M: 2 };

interface Instance {
  operands: Sym[];
  y: Sym;
  feeds: Map<Sym, NdArray>;
  /** What the batch dimension 'N' is bound to. */
  rows: number;
  draw: Random;
}

/** A case's symbols and values: all random but reproducible. */
export function instantiate(one: Case, seed: number): Instance {
  const draw = random(seed);
  const rows = 1 + Math.floor(draw() * 3);
  const operands = one.operands.map(({ shape }, i) => input(`x${i}`, shape));
  const feeds = new Map<Sym, NdArray>();
  for (const [i, operand] of operands.entries())
    feeds.set(operand, sampleLike(operand.shape, rows, one.operands[i]!.sample, draw));
  return { operands, y: one.build(operands), feeds, rows, draw };
}

export function sampleLike(shape: Shape, rows: number, sample: Sampler, draw: Random): NdArray {
  const sizes = bindShape(shape, { N: rows, ...SIZES });
  const length = sizes.reduce((a, b) => a * b, 1);
  return { shape: sizes, data: Float64Array.from({ length }, () => sample(draw)) };
}
