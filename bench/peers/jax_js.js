/** The dense network's training step in jax-js on WebAssembly: one jitted function, Adam written out. */
import { readFileSync } from 'node:fs';
import { Worker as Thread } from 'node:worker_threads';
import { serve } from '../build/bench/protocol.js';
import { replaceBlobUrls } from './blobs.js';
import { batchesOf, firstWeights, LEARNING_RATE, modeOf, RATE, SIZES } from './digits.js';

const [MEAN, SQUARE, EPSILON] = [0.9, 0.999, 1e-8];
const about = new URL('../package.json', import.meta.resolve('@jax-js/jax'));
const { version } = JSON.parse(readFileSync(about, 'utf8'));

await serve(async (setup) => {
  provideWorkers(setup.threads);
  const jax = await import('@jax-js/jax');
  const { numpy: np, nn, random, tree } = jax;
  await jax.init('wasm');
  jax.defaultDevice('wasm');

  // Whatever a function is given is its own to use up; `ref` keeps it for one more use.
  const lossOf = (layers, x, key) => {
    const keys = random.split(key, layers.length - 1);
    let h = x.ref;
    for (const [i, { weight, bias }] of layers.entries()) {
      h = nn.relu(np.matmul(h, weight).add(bias));
      if (i === layers.length - 1) break;
      const mask = random.bernoulli(keys.ref.slice(i), 1 - RATE, [x.shape[0], SIZES[i + 1]]);
      h = np.where(mask, h.mul(1 / (1 - RATE)), 0);
    }
    keys.dispose();
    return np.mean(np.abs(h.sub(x)));
  };
  const step = jax.jit(({ layers, mean, square }, x, key, rate, epsilon) => {
    const [loss, gradients] = jax.valueAndGrad(lossOf)(tree.ref(layers), x, key);
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
  const nextBatch = batchesOf(setup);
  const parameters = tree.leaves(state.layers).reduce((sum, { size }) => sum + size, 0);
  return {
    ready: {
      modes: [modeOf(setup.threads)],
      parameters,
      versions: { 'jax-js': version },
      notes: [],
    },
    async step({ batch }) {
      return async () => {
        const x = np.array(nextBatch(batch), { shape: [batch, SIZES[0]] });
        // Adam's corrections of both moments, as numbers from outside, so that a step compiles once.
        steps++;
        const root = Math.sqrt(1 - SQUARE ** steps);
        const rate = (LEARNING_RATE * root) / (1 - MEAN ** steps);
        const scalars = [rate, EPSILON * root].map((value) => np.array(Float32Array.of(value)).reshape([]));
        const done = step(state, x, random.key(steps), ...scalars);
        state = done.state;
        await jax.blockUntilReady(state);
        return (await done.loss.data())[0];
      };
    },
  };
});
// Its threads would keep the process.
process.exit();

/** jax-js runs its kernels on Web Workers that it starts from a blob, and asks `navigator` how many: Node's threads instead. */
function provideWorkers(threads) {
  const bridge = `{
    const { parentPort } = require('node:worker_threads');
    globalThis.self = globalThis;
    globalThis.postMessage = (message) => parentPort.postMessage(message);
    parentPort.on('message', (data) => self.onmessage({ data }));
  }
  `;
  replaceBlobUrls((source) => source);
  globalThis.Worker = class {
    constructor(source) {
      this.thread = new Thread(bridge + source, { eval: true });
      this.thread.on('message', (data) => this.onmessage({ data }));
      this.thread.on('error', (error) => this.onerror(error));
    }
    postMessage(message) {
      this.thread.postMessage(message);
    }
  };
  const navigator = { value: { hardwareConcurrency: threads }, configurable: true };
  Object.defineProperty(globalThis, 'navigator', navigator);
}
