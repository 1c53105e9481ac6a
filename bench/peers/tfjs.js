/** The dense network's training step in TensorFlow.js on its WebAssembly backend, with its own Adam and dropout. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serve } from '../build/bench/protocol.js';
import { replaceBlobUrls } from './blobs.js';
import { batchesOf, firstWeights, LEARNING_RATE, modeOf, RATE, SIZES } from './digits.js';

const require = createRequire(import.meta.url);

await serve(async (setup) => {
  const { tf, threads } = await load(setup.threads);
  const layers = SIZES.slice(1).map((to, i) => ({
    weight: tf.variable(tf.tensor2d(firstWeights(SIZES[i], to), [SIZES[i], to])),
    bias: tf.variable(tf.zeros([to])),
  }));
  const optimiser = tf.train.adam(LEARNING_RATE);
  const nextBatch = batchesOf(setup);
  return {
    ready: {
      modes: [modeOf(threads)],
      parameters: layers.reduce((sum, { weight, bias }) => sum + weight.size + bias.size, 0),
      versions: { tfjs: tf.version.tfjs },
      notes: [],
    },
    async step({ batch }) {
      return async () => {
        const x = tf.tensor2d(nextBatch(batch), [batch, SIZES[0]]);
        const loss = optimiser.minimize(() => {
          let h = x;
          for (const [i, { weight, bias }] of layers.entries()) {
            h = tf.fused.matMul({ a: h, b: weight, bias, activation: 'relu' });
            if (i < layers.length - 1) h = tf.dropout(h, RATE);
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
// Its threads would keep the process.
process.exit();

/**
 * TensorFlow.js keeps threads off in Node (tensorflow/tfjs, issue 3830): it starts them from blobs, which Node's threads
 * do not take. Here a file stands for each blob. It also takes half as many threads as there are cores, four at most.
 */
async function load(wanted) {
  const backend = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  const main = join(backend, '../wasm-out/tfjs-backend-wasm-threaded-simd.js');
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
  const script = join(folder, 'thread.cjs');
  replaceBlobUrls((source) => {
    // What a thread makes a URL of is the backend's own script. Written once: threads may be reading it already.
    const own = `URL.createObjectURL = () => ${JSON.stringify(main)}; URL.revokeObjectURL = () => {};`;
    if (!existsSync(script)) writeFileSync(script, `${own}\n${source}`);
    return script;
  });
  require('node:os').cpus = () => new Array(2 * wanted).fill({});
  const tf = await import('@tensorflow/tfjs');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${backend}/`);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
  const started = await tf.setBackend('wasm');
  await tf.ready();
  rmSync(folder, { recursive: true });
  if (!started) throw new Error('no WebAssembly backend');
  return { tf, threads: wasm.getThreadsCount() };
}
