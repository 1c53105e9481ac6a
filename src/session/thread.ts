/** The training thread: runs one session and posts what happens. ONNX Runtime blocks the thread it runs on. */
import { parentPort, workerData } from 'node:worker_threads';
import { HourglassError } from '../errors.ts';
import { loadExtensions } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { expectedError } from '../system-errors.ts';
import type { ThreadMessage } from './events.ts';
import { runSession } from './on-disk.ts';
import type { ThreadStart } from './start.ts';
import { Steering, type SteerMessage } from './steering.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const post = (message: ThreadMessage) => port.postMessage(message);
const stop = new AbortController();
const steering = new Steering(() => new Promise((resolve) => setImmediate(resolve)));
const onMessage = (message: unknown) => {
  if (message === 'stop') stop.abort();
  else steering.take(message as SteerMessage);
};
port.on('message', onMessage);

try {
  const { extensions, hasSnapshots, ...start } = workerData as ThreadStart;
  await loadExtensions(extensions);
  await runSession(start, {
    engine: nodeEngine,
    emit: (event) => post({ type: 'event', event }),
    signal: stop.signal,
    steering,
    ...(hasSnapshots ? { onSnapshot: (snapshot) => post({ type: 'snapshot', snapshot }) } : {}),
  });
  post({ type: 'done' });
} catch (thrown) {
  const error = expectedError(thrown);
  if (error instanceof HourglassError) post({ type: 'expected-error', kind: error.kind, parts: error.parts });
  else post({ type: 'unexpected-error', error });
}
// Without a listener the port does not keep the thread alive. Deno's has no close().
port.off('message', onMessage);
