/** Samplers that were fitted to codes after the training, as graphs: random numbers in, codes out. docs/formats.md describes the files. */
import {
  add,
  BATCH,
  cast,
  concat,
  elu,
  exp,
  greater,
  input,
  matmul,
  mul,
  reduceSum,
  relu,
  reshape,
  type Sym,
  slice,
  sub,
  tanh,
  where,
} from '../../graph/index.ts';

/** A Gaussian over codes. */
export interface GaussianNumbers {
  /** [units]. */
  mean: ArrayLike<number>;
  /** L, lower triangular by rows, [units, units]: L Lᵀ is the covariance. */
  root: ArrayLike<number>;
}

/** The least and the greatest value of each unit. */
interface Range {
  min: readonly number[];
  max: readonly number[];
}

/** A mixture of Gaussians over codes. */
export interface MixtureNumbers {
  /** The share of each, in sum 1. */
  weights: readonly number[];
  gaussians: readonly GaussianNumbers[];
  /** For a conditional model: the label of each Gaussian's class, and how many classes the model is told. */
  classes?: { labels: readonly number[]; count: number };
  /** What draws do not leave. */
  range: Range | null;
}

interface LayerNumbers {
  /** [from, to] by rows. */
  weight: Float32Array;
  bias: Float32Array;
}

/** Couplings behind a mixture, as `StoredFlow` describes them. */
export interface FlowNumbers {
  base: MixtureNumbers;
  mean: readonly number[];
  std: readonly number[];
  mostLogScale: number;
  couplings: readonly ({ passed: readonly number[] } & Record<
    'hidden1' | 'hidden2' | 'scale' | 'shift',
    LayerNumbers
  >)[];
}

/** The decoder of a second variational autoencoder, as `StoredSecondStage` describes it. */
export interface SecondStageNumbers {
  mean: readonly number[];
  std: readonly number[];
  sigma: number;
  hidden: readonly LayerNumbers[];
  output: LayerNumbers;
  range: Range | null;
}

/** A sampler: what it is given by name, the codes [N, units] that it makes of them, and the numbers that it was fitted to have. */
export interface SamplerGraph {
  inputs: Record<string, Sym>;
  code: Sym;
  /** The class, one-hot [N, classes], where the draw depends on it. */
  condition?: Sym;
  tensors: ReadonlyMap<Sym, Float32Array>;
}

/** Collects the numbers of a sampler under names of their own. */
class Numbers {
  readonly tensors = new Map<Sym, Float32Array>();

  tensor(name: string, shape: readonly number[], values: ArrayLike<number>): Sym {
    const symbol = input(`sampler.${name}`, shape);
    this.tensors.set(symbol, Float32Array.from(values));
    return symbol;
  }

  /** x · W + b. */
  dense(name: string, x: Sym, { weight, bias }: LayerNumbers): Sym {
    const from = x.shape[1] as number;
    return add(
      matmul(x, this.tensor(`${name}.weight`, [from, bias.length], weight)),
      this.tensor(`${name}.bias`, [bias.length], bias),
    );
  }
}

const noiseOf = (units: number): Sym => input('noise', [BATCH, units]);

/** mean + L · noise; where units are independent, each has its σ. */
export function gaussianSampler({
  mean,
  ...spreads
}: GaussianNumbers | { mean: ArrayLike<number>; std: ArrayLike<number> }): SamplerGraph {
  const units = mean.length;
  const numbers = new Numbers();
  const noise = noiseOf(units);
  const spread =
    'std' in spreads
      ? mul(noise, numbers.tensor('std', [units], spreads.std))
      : matmul(noise, numbers.tensor('root', [units, units], transposed(spreads.root, units)));
  const code = add(spread, numbers.tensor('mean', [units], mean));
  return { inputs: { noise }, code, tensors: numbers.tensors };
}

/**
 * `choice` [N, 1], uniform in [0, 1), chooses the Gaussian whose part of [0, 1) it falls into; `noise` [N, units] is drawn from it. With
 * classes, only those of a row's class have a part.
 */
export function mixtureSampler(mixture: MixtureNumbers): SamplerGraph {
  const numbers = new Numbers();
  const { code, ...given } = mixtureDraw(numbers, mixture);
  return { ...given, code: within(numbers, code, mixture.range), tensors: numbers.tensors };
}

/** The draw of a mixture, standardised, taken through the couplings, and back. */
export function flowSampler({ base, mean, std, mostLogScale, couplings }: FlowNumbers): SamplerGraph {
  const numbers = new Numbers();
  const { inputs, code } = mixtureDraw(numbers, base);
  const units = mean.length;
  const [middle, spread] = [numbers.tensor('mean', [units], mean), numbers.tensor('std', [units], std)];
  const reciprocal = numbers.tensor(
    'reciprocal',
    [units],
    std.map((value) => 1 / value),
  );
  let y = mul(sub(code, middle), reciprocal);
  for (const [i, coupling] of couplings.entries()) {
    const layer = (x: Sym, name: 'hidden1' | 'hidden2' | 'scale' | 'shift') =>
      numbers.dense(`coupling${i + 1}.${name}`, x, coupling[name]);
    const stays = numbers.tensor(`coupling${i + 1}.passed`, [units], coupling.passed);
    const h = elu(layer(elu(layer(mul(y, stays), 'hidden1')), 'hidden2'));
    const s = mul(tanh(layer(h, 'scale')), -mostLogScale);
    const moved = mul(sub(y, layer(h, 'shift')), exp(s));
    y = where(greater(stays, 0.5), y, moved);
  }
  const made = within(numbers, add(mul(y, spread), middle), base.range);
  return { inputs, code: made, tensors: numbers.tensors };
}

/** `noise` [N, 2 · units]: the numbers that are decoded, then those of the decoder's noise. */
export function secondStageSampler({
  mean,
  std,
  sigma,
  hidden,
  output,
  range,
}: SecondStageNumbers): SamplerGraph {
  const numbers = new Numbers();
  const units = mean.length;
  const noise = noiseOf(2 * units);
  const part = (start: number) => slice(noise, [{ axis: 1, start, end: start + units }]);
  const [u, epsilon] = [part(0), part(units)];
  let h = u;
  for (const [k, layer] of hidden.entries())
    h = concat([relu(numbers.dense(`hidden${k + 1}`, h, layer)), u], 1);
  const own = mul(epsilon, sigma);
  const made = add(numbers.dense('output', h, output), own);
  const code = add(mul(made, numbers.tensor('std', [units], std)), numbers.tensor('mean', [units], mean));
  return { inputs: { noise }, code: within(numbers, code, range), tensors: numbers.tensors };
}

function mixtureDraw(
  numbers: Numbers,
  { weights, gaussians, classes }: MixtureNumbers,
): Omit<SamplerGraph, 'tensors'> {
  const units = gaussians[0]!.mean.length;
  const count = gaussians.length;
  const [noise, choice] = [noiseOf(units), input('choice', [BATCH, 1])];
  const means = numbers.tensor(
    'means',
    [count, units],
    gaussians.flatMap(({ mean }) => Array.from(mean)),
  );
  // One product for all Gaussians: [units, count · units].
  const roots = new Float32Array(units * count * units);
  for (const [k, { root }] of gaussians.entries()) {
    for (let i = 0; i < units; i++)
      for (let j = 0; j <= i; j++) roots[(j * count + k) * units + i] = root[i * units + j]!;
  }
  const spread = matmul(noise, numbers.tensor('roots', [units, count * units], roots));
  const condition = classes === undefined ? undefined : input('class', [BATCH, classes.count]);
  const ends =
    condition === undefined
      ? numbers.tensor('ends', [count], endsOf(weights))
      : matmul(condition, numbers.tensor('ends', [classes!.count, count], endsByClass(weights, classes!)));
  const chosen = chosenOf(ends, choice, count);
  const own = reduceSum(mul(reshape(spread, [BATCH, count, units]), reshape(chosen, [BATCH, count, 1])), [1]);
  const code = add(matmul(chosen, means), own);
  return { inputs: { noise, choice }, code, ...(condition === undefined ? {} : { condition }) };
}

/** Where the part of each Gaussian in [0, 1) ends. */
function endsOf(weights: readonly number[]): number[] {
  const last = weights.findLastIndex((weight) => weight > 0);
  let end = 0;
  return weights.map((weight, k) => {
    end += weight;
    // A float32 is below a number if it is below the least float32 that is not. The last one ends however the sum was rounded.
    return k >= last ? 2 : leastFloatFrom(end);
  });
}

/** The same for each class, [classes, Gaussians]: the parts of its own Gaussians alone, or of all for a class without any. */
function endsByClass(
  weights: readonly number[],
  { labels, count }: { labels: readonly number[]; count: number },
): number[] {
  return Array.from({ length: count }, (_, label) => {
    const own = weights.map((weight, k) => (labels[k] === label ? weight : 0));
    const sum = own.reduce((total, weight) => total + weight, 0);
    return endsOf(sum === 0 ? weights : own.map((weight) => weight / sum));
  }).flat();
}

/** 1 at the Gaussian whose part of [0, 1) a choice falls into, else 0: [N, count]. */
function chosenOf(ends: Sym, choice: Sym, count: number): Sym {
  const isBefore = cast(greater(ends, choice), 'float32');
  if (count === 1) return isBefore;
  const isBeforeFormer = slice(isBefore, [{ axis: 1, start: 0, end: count - 1 }]);
  const first = slice(isBefore, [{ axis: 1, start: 0, end: 1 }]);
  const rest = sub(slice(isBefore, [{ axis: 1, start: 1, end: count }]), isBeforeFormer);
  return concat([first, rest], 1);
}

/** The least float32 that is not below a number from 0 to 2. */
function leastFloatFrom(value: number): number {
  const nearest = Math.fround(value);
  if (nearest >= value) return nearest;
  const bits = new Int32Array(Float32Array.of(nearest).buffer);
  bits[0]!++;
  return new Float32Array(bits.buffer)[0]!;
}

function within(numbers: Numbers, code: Sym, range: Range | null): Sym {
  if (range === null) return code;
  const units = code.shape[1] as number;
  const [min, max] = [numbers.tensor('min', [units], range.min), numbers.tensor('max', [units], range.max)];
  const above = where(greater(code, min), code, min);
  return where(greater(above, max), max, above);
}

function transposed(matrix: ArrayLike<number>, units: number): Float32Array {
  return Float32Array.from(
    { length: units * units },
    (_, i) => matrix[(i % units) * units + Math.floor(i / units)]!,
  );
}
