/**
 * Notices a client that leaves while its answer is computed. One that closed its connection and one that closed only its
 * sending side look the same: both sent FIN. Writing tells them apart, because the system of a client that is gone
 * replies with a reset. An interim response (100) is what HTTP allows to be written before the answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Between two such writes, in milliseconds. */
const PERIOD = 500;

/** Closes the connection once its client is gone, which aborts the signal of the request. */
export function watchForDeparture({ socket, httpVersion }: IncomingMessage, response: ServerResponse): void {
  // HTTP/1.0 has no interim responses.
  if (httpVersion !== '1.1') return;
  const timer = setInterval(() => {
    if (socket.destroyed || response.headersSent) clearInterval(timer);
    // A response has its connection once those before it are sent.
    else if (socket.readableEnded && response.socket !== null) response.writeContinue();
  }, PERIOD).unref();
  response.once('close', () => clearInterval(timer));
}
