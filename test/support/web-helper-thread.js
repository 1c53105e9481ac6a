/** A helper of the web engine as a thread of Node: what a Web Worker is in a page. It runs the built code. */
import { parentPort } from 'node:worker_threads';
import { serveHelper } from '../../dist/web/engine/serve-helper.js';

parentPort.on(
  'message',
  serveHelper((message, moved) => parentPort.postMessage(message, moved)),
);
