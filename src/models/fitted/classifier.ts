/** A small convolutional classifier of 28 × 28 grey images. Its penultimate layer is what generated images are compared by. */
import {
  add,
  BATCH,
  exp,
  input,
  log,
  mul,
  reduceSum,
  relu,
  type Sym,
  slice,
  sub,
} from '../../graph/index.ts';
import { conv, dense, dropout, flatten, Network } from '../../nn/index.ts';
import { type FittedGraph, fittedGraph } from './fitted.ts';

const SIDE = 28;
const CLASSES = 10;
/** Channels of the convolutions, each with a stride of 2. */
const CHANNELS = [8, 16, 32];
/** The width of the penultimate layer. */
export const FEATURES = 64;

/** The features of images [N, 1, 28, 28]: [N, 64], none below 0. */
function featuresOf(net: Network, image: Sym): Sym {
  const maps = CHANNELS.reduce(
    (x, channels, i) =>
      net.within(`conv${i + 1}`, () =>
        relu(
          conv(net, x, {
            ...{ channels, kernel: 3, stride: 2, padding: 'same', bias: true, initialiser: 'heNormal' },
          }),
        ),
      ),
    image,
  );
  return net.within('features', () =>
    relu(dense(net, flatten(maps), { units: FEATURES, bias: true, initialiser: 'heNormal' })),
  );
}

const scoresOf = (net: Network, features: Sym): Sym =>
  net.within('classes', () =>
    dense(net, features, { units: CLASSES, bias: true, initialiser: 'glorotUniform' }),
  );

/** −ln softmax(scores) at the class, [N]: what all scores of a row share is taken off first, so that no exponential overflows. */
function crossEntropy(scores: Sym, target: Sym): Sym {
  const shifted = sub(scores, largest(scores));
  return sub(log(reduceSum(exp(shifted), [1])), reduceSum(mul(target, shifted), [1]));
}

/** Each row's largest value, [N, 1]: one half is compared with the other, max(a, b) = b + relu(a − b). */
function largest(x: Sym): Sym {
  const columns = x.shape[1] as number;
  if (columns === 1) return x;
  const half = Math.ceil(columns / 2);
  const a = slice(x, [{ axis: 1, start: 0, end: half }]);
  const b = slice(x, [{ axis: 1, start: columns - half, end: columns }]);
  return largest(add(b, relu(sub(a, b))));
}

/** What trains it: images [N, 1, 28, 28] in [0, 1] and their classes as rows of ten, 1 at the class. */
export function classifierGraph(): FittedGraph {
  return fittedGraph({ image: [1, SIDE, SIDE], target: [CLASSES] }, (net, { image, target }) => {
    const features = featuresOf(net, image);
    const kept = net.within('dropout', () => dropout(net, features, 0.3));
    return crossEntropy(scoresOf(net, kept), target);
  });
}

/** What is shipped: features, and the classes' scores. */
export function featuresGraph() {
  const net = new Network('infer');
  const image = input('image', [BATCH, 1, SIDE, SIDE]);
  const features = featuresOf(net, image);
  return { net, inputs: { image }, outputs: { features, scores: scoresOf(net, features) } };
}
