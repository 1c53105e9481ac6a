/**
 * Bounds on what a connection costs besides bytes. Node hands on a chunk or a request in some microseconds, but all of them
 * that are in the system's buffers before anything else has its turn: a client that sends its body byte by byte, or
 * thousands of requests in advance, would hold up everybody for seconds.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Chunks of a body that may be small, and the mean size of all that follow, in bytes. */
const SMALL_CHUNKS = 4096;
const MEAN_CHUNK = 128;
/** Requests that a connection may have under way. */
const MOST_UNDER_WAY = 16;

/** Calls `refuse` once if a body comes in too many chunks for its bytes. The rest of it is not taken. */
export function boundChunks(request: IncomingMessage, refuse: () => void): void {
  const push = request.push.bind(request);
  let [chunks, bytes, refused] = [0, 0, false];
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    if (refused) return false;
    if (chunk !== null) {
      chunks++;
      bytes += chunk.length;
      if (chunks > SMALL_CHUNKS + bytes / MEAN_CHUNK) {
        refused = true;
        request.socket.pause();
        refuse();
        return false;
      }
    }
    return push(chunk, encoding);
  };
}

const underWay = new WeakMap<Socket, number>();

/**
 * Counts a request of a connection until it is answered. One more than may be is to be refused, in its turn, and the
 * connection ends with that answer. Those after it are ignored, and if they keep coming, the connection ends at once.
 */
export function admit(
  { socket }: IncomingMessage,
  response: ServerResponse,
): 'admitted' | 'refused' | 'ignored' {
  const count = (underWay.get(socket) ?? 0) + 1;
  underWay.set(socket, count);
  response.once('close', () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
  if (count <= MOST_UNDER_WAY) return 'admitted';
  if (count > 2 * MOST_UNDER_WAY) socket.destroy();
  return count === MOST_UNDER_WAY + 1 ? 'refused' : 'ignored';
}
