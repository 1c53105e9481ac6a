/**
 * The contraction penalty (Rifai et al., 2011): how far a code moves when its image does. J = ∂h/∂x is the
 * Jacobian of the code h with respect to the image x, through the whole encoder, for one image;
 * ‖J‖²_F is the sum of the squares of all its elements.
 */
import { gradients } from '../autodiff/index.ts';
import {
  add,
  constant,
  gemm,
  mul,
  positive,
  quadraticForm,
  reduceSum,
  reshape,
  type Sym,
  shapesEqual,
  square,
  sub,
  times,
  topologicalOrder,
  transpose,
} from '../graph/index.ts';
import type { Network } from './network.ts';
import { columnsOf } from './shapes.ts';

/**
 * ‖∂code/∂x‖²_F for each image, [N]: exact. Where the encoder is dense layers one after the other, by one pass
 * back for all units [N, units] together; otherwise by one for each. No image may see another on its way
 * (batch normalisation in training).
 */
export function jacobianNorm(net: Network, code: Sym, x: Sym): Sym {
  const units = columnsOf(net, code);
  const layers = denseLayers(code, x);
  if (layers !== null) return normThroughLayers(layers, x);
  const norm = squaredNorm(code, x);
  const oneHot = (k: number) =>
    constant(
      Array.from({ length: units }, (_, i) => Number(i === k)),
      [units],
    );
  return Array.from({ length: units }, (_, k) => norm(mul(code, oneHot(k)))).reduce(add);
}

/** z = h W, with h what the layer before it gives, and what elementwise functions make of z. */
interface DenseLayer {
  z: Sym;
  output: Sym;
}

/** Whether a product is x W or x Wᵀ as they are. */
const isPlain = ({ attributes: { transA, alpha } }: Sym): boolean => transA !== 1 && alpha === undefined;

/** Operators of one element at a time; others may mix the elements of a row, or rows. */
const ELEMENTWISE = new Set<string>([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Neg',
  'Abs',
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
  'Clip',
  'Gelu',
  'ReluDropout',
]);

/** The dense layers between image and code, first to last; null if there is anything else, or a way around one. */
function denseLayers(code: Sym, x: Sym): DenseLayer[] | null {
  // What depends on the image, each with the layer it belongs to: the number of products before it.
  const depth = new Map<Sym, number>([[x, 0]]);
  const products: Sym[] = [];
  const ends: Sym[] = [];
  for (const symbol of topologicalOrder([code])) {
    const live = symbol.inputs.filter((operand) => depth.has(operand));
    if (live.length === 0) continue;
    const depths = new Set(live.map((operand) => depth.get(operand)!));
    if (depths.size !== 1) return null;
    const [at] = depths as unknown as [number];
    if (symbol.op === 'Gemm') {
      const isRows = symbol.inputs[0] === live[0] && live.length === 1 && isPlain(symbol);
      // One product for each layer, with its last result.
      if (!isRows || products.length !== at) return null;
      products.push(symbol);
      ends.push(symbol.inputs[0]!);
      depth.set(symbol, at + 1);
    } else {
      const isElementwise =
        ELEMENTWISE.has(symbol.op) && live.every(({ shape }) => shapesEqual(shape, symbol.shape));
      if (!isElementwise || at === 0 || products.length !== at) return null;
      depth.set(symbol, at);
    }
  }
  if (products.length === 0 || depth.get(code) !== products.length || ends[0] !== x) return null;
  return products.map((z, i) => ({ z, output: ends[i + 1] ?? code }));
}

/** For all units at once: the rows of the Jacobian, [N, units, width], pulled back from layer to layer. */
function normThroughLayers(layers: readonly DenseLayer[], x: Sym): Sym {
  const slopes = layers.map(({ z, output }) => gradients(reduceSum(output), [z])[0]!);
  const [first, ...others] = layers as [DenseLayer, ...DenseLayer[]];
  const last = layers.at(-1)!.z;
  const [n, units] = last.shape as [string, number];
  // As [units in, units out] and the other way round.
  const weights = layers.map(({ z }) => ({ weight: z.inputs[1]!, turned: z.attributes.transB === 1 }));
  if (others.length === 0) {
    const { weight, turned } = weights[0]!;
    return reduceSum(mul(square(slopes[0]!), reduceSum(square(weight), [turned ? 1 : 0])), [1]);
  }
  const { weight, turned } = weights.at(-1)!;
  let rows = turned ? weight : transpose(weight, [1, 0]);
  for (let at = layers.length - 2; at >= 0; at--) {
    const width = layers[at]!.z.shape[1] as number;
    rows = mul(rows, reshape(slopes[at]!, [n, 1, width]));
    if (at === 0) break;
    const { weight, turned } = weights[at]!;
    const back = gemm(reshape(rows, [times(units, n), width]), weight, { transB: !turned });
    rows = reshape(back, [n, units, back.shape[1]!]);
  }
  const width = first.z.shape[1] as number;
  const flat = reshape(rows, [times(units, n), width]);
  const squares = reshape(squaredRows(flat, weights[0]!, x.shape[1] as number), [n, units]);
  // The slope of a unit belongs to all of its row.
  return reduceSum(mul(squares, square(slopes.at(-1)!)), [1]);
}

/**
 * ‖a Wᵀ‖² for each row a of [rows, width], [rows]: by the squares of a Wᵀ; or as a (WᵀW) aᵀ, cheaper where there are
 * fewer columns than pixels: WᵀW is the same for all images and units.
 */
function squaredRows(a: Sym, { weight, turned }: { weight: Sym; turned: boolean }, values: number): Sym {
  if ((a.shape[1] as number) >= values) return reduceSum(square(gemm(a, weight, { transB: !turned })), [1]);
  const gram = gemm(weight, weight, turned ? { transB: true } : { transA: true });
  return quadraticForm(a, gram);
}

/** How the random vectors of an estimate are drawn: ±1 has less variance, standard normal is the classic. */
export const PROJECTIONS = ['rademacher', 'normal'] as const;
export type Projection = (typeof PROJECTIONS)[number];

/**
 * An unbiased estimate of {@link jacobianNorm}, [N], by one pass back for each of `count` random vectors v:
 * E ‖vᵀJ‖² = ‖J‖²_F, as E vvᵀ = 1 (Hutchinson, 1989).
 */
export function jacobianNormEstimate(
  net: Network,
  code: Sym,
  x: Sym,
  { count, projection }: { count: number; projection: Projection },
): Sym {
  const units = columnsOf(net, code);
  const norm = squaredNorm(code, x);
  const draw = (i: number) => {
    const name = `projection${i + 1}`;
    if (projection === 'normal') return net.random(name, [units], { type: 'normal' });
    return sub(mul(positive(sub(net.random(name, [units], { type: 'uniform' }), 0.5)), 2), 1);
  };
  const estimates = Array.from({ length: count }, (_, i) => norm(mul(code, draw(i))));
  return mul(estimates.reduce(add), 1 / count);
}

/** The squared length, for each image, of the gradient with respect to x of a sum; where x enters by one product, by its. */
function squaredNorm(code: Sym, x: Sym): (summed: Sym) => Sym {
  const entries = topologicalOrder([code]).filter(({ inputs }) => inputs.includes(x));
  const z = entries[0];
  const perImage = (values: Sym) =>
    reduceSum(
      values,
      values.shape.slice(1).map((_, axis) => axis + 1),
    );
  const isProduct = entries.length === 1 && z?.op === 'Gemm' && z.inputs[0] === x && isPlain(z);
  if (!isProduct) return (summed) => perImage(square(gradients(reduceSum(summed), [x])[0]!));
  const weight = { weight: z.inputs[1]!, turned: z.attributes.transB === 1 };
  return (summed) => {
    const a = gradients(reduceSum(summed), [z])[0]!;
    return squaredRows(a, weight, x.shape[1] as number);
  };
}

/** ‖∂‖y‖²/∂x‖² of each row of y, made of x, [N]: how steeply the squared length of y changes. */
export const outputGradient = (y: Sym, x: Sym): Sym =>
  reduceSum(square(gradients(reduceSum(square(y)), [x])[0]!), [1]);
