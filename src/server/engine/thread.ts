/** A model's thread: loads it once, then runs batches one at a time. ONNX Runtime blocks the thread it runs on. */
import { parentPort, workerData } from 'node:worker_threads';
import { anomaly, knownClasses, loadExtensions, loadModel, sample, sideBySide, told } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import { expectedError } from '../../system-errors.ts';
import { recordedEncoding } from '../../tables/index.ts';
import { collectWhenQuiet } from '../collect.ts';
import { memoryOf } from '../work/jobs.ts';
import type { BatchRequest, Call, CallResults, ThreadMessage, ThreadStart } from './protocol.ts';
import { References } from './references.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const start = workerData as ThreadStart;
const post = (message: ThreadMessage, hand: ArrayBuffer[] = []) => port.postMessage(message, hand);

try {
  await loadExtensions(start.extensions);
  // One thread: with more, the last bits of an image's result depend on which others were in its batch.
  const model = await loadModel(start.folder, { threads: 1 });
  // What is compiled on first use is compiled now, so that the first request is no slower than others.
  const { channels, height, width } = model.info.image;
  const shapeOf = model.info.rows === null ? [channels, height, width] : [width];
  const [someClass] = knownClasses(model.info);
  const any = told(model, someClass === undefined ? {} : { classes: someClass });
  await any.reconstruct(new Float32Array(channels * height * width));
  // A model of tiles has no codes of pictures.
  if (model.ofTiles === undefined)
    await any.decode((await any.encode(new Float32Array(channels * height * width))).data);
  const references = await References.load(model, start.folder, start.references);
  const call = async (work: Call): Promise<CallResults[keyof CallResults]> => {
    if (work.verb === 'sample') {
      const { count, seed, from, first, labels } = work;
      const drawing = { ...model, decode: async () => ({ data: new Float32Array(0), shape: [0] }) };
      const drawn = await sample(nodeEngine, drawing, count, seed, {
        first,
        ...(from === undefined ? {} : { from }),
        ...(labels === null ? {} : { classes: labels }),
      });
      return { codes: drawn.codes.data, from: drawn.from, note: drawn.note };
    }
    if (work.verb === 'anomaly') {
      const { images, reconstructions, options } = work;
      const shape = [images.length / (channels * height * width), ...shapeOf];
      // As whatever class they were reconstructed: the scores need none.
      const info = { ...model.info, condition: null };
      const judging = { ...model, info, reconstruct: async () => ({ data: reconstructions, shape }) };
      const { reconstructions: _, ...found } = await anomaly(judging, images, options);
      return found;
    }
    if (references === null) throw new Error('there are no references');
    return references.nearest(work.codes, work.k, work.metric);
  };
  const run = async ({ operation, rows, labels }: BatchRequest): Promise<Float32Array<ArrayBuffer>> => {
    const given = labels === null ? {} : { classes: labels };
    const data =
      operation === 'posterior'
        ? sideBySide(await model.posterior(rows, given))
        : (await model[operation](rows, given)).data;
    return data as Float32Array<ArrayBuffer>;
  };
  port.on('message', async (work: BatchRequest | Call) => {
    try {
      if ('verb' in work) {
        const result = await call(work);
        collectWhenQuiet(memoryOf([work, result]).reduce((sum, { byteLength }) => sum + byteLength, 0));
        post({ type: 'called', result });
        return;
      }
      const rows = await run(work);
      collectWhenQuiet(rows.byteLength + work.rows.byteLength);
      post({ type: 'result', rows }, [rows.buffer]);
    } catch (thrown) {
      const error = expectedError(thrown);
      if (error instanceof HourglassError) post({ type: 'refused', kind: error.kind, parts: error.parts });
      else post({ type: 'failed', error });
    }
  });
  const { info, statistics, samplers, quantised, diagnosis } = model;
  const encoding = info.rows === null ? null : recordedEncoding(info.rows);
  const facts = {
    ...{ info, statistics, samplers, diagnosis, encoding, references: references?.facts ?? null },
    ...(quantised === undefined ? {} : { quantised }),
  };
  post({ type: 'ready', facts });
} catch (thrown) {
  const error = expectedError(thrown);
  if (error instanceof HourglassError) post({ type: 'refused', kind: error.kind, parts: error.parts });
  else throw error;
}
