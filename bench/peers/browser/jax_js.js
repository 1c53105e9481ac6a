/** The training step of `stacked-best` in jax-js on WebAssembly, in a worker of a page: one jitted function, Adam written out. */
import * as jax from '@jax-js/jax';
import { serveInPage } from '../../build/bench/browser/worker.js';
import { batchesFrom, firstWeights, LEARNING_RATE, SIZES } from '../batches.js';

const [MEAN, SQUARE, EPSILON] = [0.9, 0.999, 1e-8];

serveInPage(async ({ images }, bytes) => {
  const { numpy: np, nn, tree } = jax;
  await jax.init('wasm');
  jax.defaultDevice('wasm');

  // Whatever a function is given is its own to use up; `ref` keeps it for one more use.
  const lossOf = (layers, x) => {
    let h = x.ref;
    for (const [i, { weight, bias }] of layers.entries()) {
      h = np.matmul(h, weight).add(bias);
      // The code is linear, and the output a sigmoid.
      if (i === layers.length - 1) h = nn.sigmoid(h);
      else if (i !== 3) h = nn.elu(h);
    }
    return np.mean(np.abs(h.sub(x)));
  };
  const step = jax.jit(({ layers, mean, square }, x, rate, epsilon) => {
    const [loss, gradients] = jax.valueAndGrad(lossOf)(tree.ref(layers), x);
    const each = (of, ...trees) => tree.map(of, ...trees);
    const newMean = each((m, g) => m.mul(MEAN).add(g.mul(1 - MEAN)), mean, tree.ref(gradients));
    const newSquare = each((v, g) => v.mul(SQUARE).add(np.square(g).mul(1 - SQUARE)), square, gradients);
    const next = each(
      (p, m, v) => p.sub(m.mul(rate.ref).div(np.sqrt(v).add(epsilon.ref))),
      ...[layers, tree.ref(newMean), tree.ref(newSquare)],
    );
    tree.dispose([rate, epsilon]);
    return { state: { layers: next, mean: newMean, square: newSquare }, loss };
  });

  const layersOf = (weights) =>
    SIZES.slice(1).map((to, i) => ({
      weight: np.array(weights(SIZES[i], to), { shape: [SIZES[i], to] }),
      bias: np.zeros([to]),
    }));
  const zeros = () => layersOf((from, to) => new Float32Array(from * to));
  let state = { layers: layersOf(firstWeights), mean: zeros(), square: zeros() };
  let steps = 0;
  const nextBatch = batchesFrom(bytes, images);
  const parameters = tree.leaves(state.layers).reduce((sum, { size }) => sum + size, 0);
  return {
    ready: { modes: ['WebAssembly, 1 thread'], parameters, versions: {}, notes: [] },
    async step({ batch }) {
      return async () => {
        const x = np.array(nextBatch(batch), { shape: [batch, SIZES[0]] });
        // Adam's corrections of both moments, as numbers from outside, so that a step compiles once.
        steps++;
        const root = Math.sqrt(1 - SQUARE ** steps);
        const rate = (LEARNING_RATE * root) / (1 - MEAN ** steps);
        const scalars = [rate, EPSILON * root].map((value) => np.array(Float32Array.of(value)).reshape([]));
        const done = step(state, x, ...scalars);
        state = done.state;
        await jax.blockUntilReady(state);
        return (await done.loss.data())[0];
      };
    },
  };
});
