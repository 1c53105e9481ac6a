/** A model's thread: loads it once, then runs batches one at a time. ONNX Runtime blocks the thread it runs on. */
import { parentPort, workerData } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { loadModel } from '../../runs/index.ts';
import type { BatchRequest, ThreadMessage, ThreadStart } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const post = (message: ThreadMessage, hand: ArrayBuffer[] = []) => port.postMessage(message, hand);

try {
  // One thread: with more, the last bits of an image's result depend on which others were in its batch.
  const model = await loadModel((workerData as ThreadStart).folder, { threads: 1 });
  // What is compiled on first use is compiled now, so that the first request is no slower than others.
  const { channels, height, width } = model.info.image;
  await model.reconstruct(new Float32Array(channels * height * width));
  await model.decode((await model.encode(new Float32Array(channels * height * width))).data);
  port.on('message', async ({ operation, rows }: BatchRequest) => {
    try {
      const { data } = await model[operation](rows);
      const result = data as Float32Array<ArrayBuffer>;
      post({ type: 'result', rows: result }, [result.buffer]);
    } catch (error) {
      post({ type: 'failed', error });
    }
  });
  post({ type: 'ready', facts: { info: model.info } });
} catch (error) {
  if (error instanceof HourglassError) post({ type: 'refused', kind: error.kind, parts: error.parts });
  else throw error;
}
