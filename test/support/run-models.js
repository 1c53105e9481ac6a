/**
 * Loads each of the ONNX files named on the command line with ONNX Runtime, runs it on two rows of zeros, and prints a
 * line for each: a process of its own, as a file could bring it down.
 */
import { readFileSync } from 'node:fs';
import ort from '../../vendor/onnxruntime-node/dist/index.js';

const ARRAYS = { float32: Float32Array, uint8: Uint8Array };
for (const file of process.argv.slice(2)) {
  try {
    const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(file)), {
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    const feeds = Object.fromEntries(
      session.inputMetadata.map(({ name, shape, type }) => {
        const dims = shape.map((dim) => (typeof dim === 'number' ? dim : 2));
        const size = dims.reduce((a, b) => a * b, 1);
        return [name, new ort.Tensor(type, new ARRAYS[type](size), dims)];
      }),
    );
    const results = await session.run(feeds);
    console.log(`${file} ran ${Object.values(results).map(({ dims }) => dims.join('x'))}`);
    await session.release();
  } catch (error) {
    console.log(`${file} refused ${error.message.split('\n')[0]}`);
  }
}
