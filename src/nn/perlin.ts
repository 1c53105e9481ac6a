/**
 * Perlin noise in symbols (Perlin, 1985 and 2002). A lattice of random gradients lies over the image. The value of a pixel is
 * the blend, by the weights w(t) = 6t⁵ − 15t⁴ + 10t³ down and across, of what the gradients at the four corners of its cell say
 * there: gradient · (pixel − corner). Both factors are products of a part of the row and a part of the column, so all pixels
 * of all images are two products of matrices.
 */
import { add, constant, matmul, mul, reshape, type Sym, slice } from '../graph/index.ts';
import type { Network } from './network.ts';

export interface Grid {
  height: number;
  width: number;
}

/**
 * Perlin noise of variance 1, mean over pixels, [N, 1, height, width], with cells of about `cell` pixels; its gradients are the random
 * numbers of this name.
 */
export function perlinNoise(net: Network, name: string, { height, width }: Grid, cell: number): Sym {
  const [down, across] = [sideOf(height, cell), sideOf(width, cell)];
  const corners = [down.corners, across.corners] as const;
  const gradients = net.random(name, [2, ...corners], { type: 'normal' });
  const part = (i: number) =>
    reshape(slice(gradients, [{ axis: 1, start: i, end: i + 1 }]), [gradients.shape[0]!, 1, ...corners]);
  const noise = add(
    matmul(rowsOf(down.offsets, down), matmul(part(0), columnsOf(across.weights, across))),
    matmul(rowsOf(down.weights, down), matmul(part(1), columnsOf(across.offsets, across))),
  );
  return mul(noise, 1 / Math.sqrt(varianceOf(down, across)));
}

/** For each pixel of a side: the weights of the corners, and the weights times the distances to them, in cells. */
interface Side {
  length: number;
  corners: number;
  /** [length, corners]. */
  weights: Float64Array;
  /** [length, corners]. */
  offsets: Float64Array;
}

function sideOf(length: number, cell: number): Side {
  const cells = Math.max(1, Math.round(length / cell));
  const corners = cells + 1;
  const [weights, offsets] = [new Float64Array(length * corners), new Float64Array(length * corners)];
  for (let i = 0; i < length; i++) {
    const at = ((i + 0.5) * cells) / length;
    const corner = Math.min(cells - 1, Math.floor(at));
    const t = at - corner;
    const blend = t * t * t * (t * (6 * t - 15) + 10);
    for (const [next, weight] of [1 - blend, blend].entries()) {
      weights[i * corners + corner + next] = weight;
      offsets[i * corners + corner + next] = weight * (t - next);
    }
  }
  return { length, corners, weights, offsets };
}

const rowsOf = (values: Float64Array, { length, corners }: Side): Sym =>
  constant([...values], [length, corners]);

function columnsOf(values: Float64Array, { length, corners }: Side): Sym {
  const turned = Array.from({ length: corners * length }, (_, i) => {
    const [corner, place] = [Math.floor(i / length), i % length];
    return values[place * corners + corner]!;
  });
  return constant(turned, [corners, length]);
}

/** Of gradients with independent standard normal components: the mean over all pixels. */
function varianceOf(down: Side, across: Side): number {
  const squares = ({ length }: Side, values: Float64Array) =>
    values.reduce((sum, value) => sum + value ** 2, 0) / length;
  return (
    squares(down, down.offsets) * squares(across, across.weights) +
    squares(down, down.weights) * squares(across, across.offsets)
  );
}
