/** The training step of `stacked-best` in TensorFlow.js on its WebAssembly backend, in a worker of a page. */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { serveInPage } from '../../build/bench/browser/worker.js';
import { batchesFrom, firstWeights, LEARNING_RATE, SIZES } from '../batches.js';

serveInPage(async ({ images }, bytes) => {
  setWasmPaths('/');
  if (!(await tf.setBackend('wasm'))) throw new Error('no WebAssembly backend');
  const layers = SIZES.slice(1).map((to, i) => ({
    weight: tf.variable(tf.tensor2d(firstWeights(SIZES[i], to), [SIZES[i], to])),
    bias: tf.variable(tf.zeros([to])),
  }));
  // The code is linear, and the output a sigmoid.
  const activations = layers.map((_, i) =>
    i === layers.length - 1 ? 'sigmoid' : i === 3 ? 'linear' : 'elu',
  );
  const optimiser = tf.train.adam(LEARNING_RATE);
  const nextBatch = batchesFrom(bytes, images);
  return {
    ready: {
      modes: ['WebAssembly, 1 thread'],
      parameters: layers.reduce((sum, { weight, bias }) => sum + weight.size + bias.size, 0),
      versions: {},
      notes: [],
    },
    async step({ batch }) {
      return async () => {
        const x = tf.tensor2d(nextBatch(batch), [batch, SIZES[0]]);
        const loss = optimiser.minimize(() => {
          let h = x;
          for (const [i, { weight, bias }] of layers.entries()) {
            h = tf.fused.matMul({ a: h, b: weight, bias, activation: activations[i] });
          }
          return h.sub(x).abs().mean();
        }, true);
        const [value] = await loss.data();
        tf.dispose([x, loss]);
        return value;
      };
    },
  };
});
