/** The socket below the app: time-outs, bounds on connections, malformed clients, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { HourglassError } from '../errors.ts';
import { SECURITY_HEADERS } from './access.ts';
import { admit, boundChunks } from './connection.ts';
import { watchForDeparture } from './departure.ts';
import { problemOfHead } from './head.ts';
import type { App } from './hono-app.ts';
import { PROBLEM_TYPE, Problem, type ProblemStatus } from './problem.ts';
import type { ServiceState } from './state.ts';

/** How often a closing service looks at what has arrived, in milliseconds. */
const PAUSE = 20;
/**
 * A closing service keeps accepting, and answers with 503, until nothing has arrived for `quiet` checks: Node accepts
 * one waiting connection per turn of the event loop, and a closed listener resets the rest. Connections that are open
 * may bring a request for `open` looks.
 */
const LINGER = { quiet: 10, open: 50 };

/**
 * Tells the listener that a body is read elsewhere: the app reads it from the connection. A web stream takes some 80 µs a
 * chunk, and it is the client who decides how many chunks there are.
 */
const ELSEWHERE = { rawBody: Buffer.alloc(0) };

export interface Listening {
  url: string;
  /** Stops accepting, finishes what was accepted, and closes every connection. */
  close(): Promise<void>;
}

/** @throws HourglassError if the address cannot be listened on. */
export async function listen(app: App, state: ServiceState): Promise<Listening> {
  const { host, port, limits } = state.settings;
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    // Not a valid request, for example a Host header with a space in it.
    errorHandler: () => new Problem(400, 'The request is malformed.').response(),
  });
  const server = createServer(
    {
      headersTimeout: limits.headersTime,
      // The app ends slow bodies itself, and says so; this is for what never reaches it.
      requestTimeout: limits.headersTime + limits.bodyTime + 1000,
      connectionsCheckingInterval: Math.min(1000, limits.headersTime),
      keepAliveTimeout: limits.idleTime,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
      // Checked with the rest of the head, so that the refusal says what is wrong.
      requireHostHeader: false,
    },
    (request, response) => {
      const admission = admit(request, response);
      if (admission === 'ignored') return;
      if (admission === 'refused') return refuseRequest(response, TOO_MANY, state);
      boundChunks(request, () => refuse(request.socket, 'CHUNKS'));
      const problem = problemOfHead(request);
      if (problem !== null) return refuseRequest(response, problem, state);
      watchForDeparture(request, response);
      void listener(Object.assign(request, ELSEWHERE), response);
    },
  );
  // A client may close its sending side once its request is out, and still gets its answer.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 0;
  const refuseExpectation = (response: ServerResponse) =>
    refuseRequest(response, new Problem(417, "The only supported expectation is '100-continue'."), state);
  server.on('checkExpectation', (_, response: ServerResponse) => refuseExpectation(response));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // Node takes a list that has 100-continue in it for that alone.
    if (request.headers.expect?.trim().toLowerCase() !== '100-continue') return refuseExpectation(response);
    response.writeContinue();
    server.emit('request', request, response);
  });
  // A client that does not read its answer: no byte was sent for this long.
  server.timeout = limits.bodyTime + limits.computeTime + 1000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    state.metrics.sentNoHttp();
    refuse(socket, error.code ?? '');
  });
  // The app knows neither tunnels nor other protocols.
  server.on('connect', (_, socket: Socket) => refuse(socket, 'CONNECT'));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(notListening(host, port, cause)));
    server.listen(port, host.replace(/^\[|\]$/g, ''), resolve);
  });
  // As where no more files can be opened: the connection is lost, the service goes on.
  server.on('error', (error) => state.settings.onError(error, 'connections'));
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return { url: `http://${name}:${taken}`, close: () => end(server, state) };
}

async function end(server: Server, state: ServiceState): Promise<void> {
  state.closing = true;
  const deadline = performance.now() + state.settings.limits.closeTime;
  const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE));
  // Clients that are about to connect, or have a request under way, are told to come again. A closed listener would
  // reset their connections. There is room for them besides those that are open.
  server.maxConnections = 4 * state.settings.limits.connections;
  let quiet = 0;
  const arrived = () => {
    quiet = 0;
  };
  server.on('connection', arrived).on('request', arrived);
  const lingered = performance.now() + state.settings.limits.closeTime / 3;
  for (let looks = 0; performance.now() < lingered; looks++) {
    if (quiet > LINGER.quiet && (looks > LINGER.open || (await connections(server)) === 0)) break;
    await pause();
    quiet++;
  }
  // Not the HTTP server's own close, which cuts connections that idle: a request may be on its way in one of them.
  // Bun's HTTP server is not a net.Server, and has only its own.
  const isNetServer: boolean = server instanceof NetServer;
  const stopped = new Promise<void>((resolve) => {
    if (isNetServer) NetServer.prototype.close.call(server, () => resolve());
    else server.close(() => resolve());
  });
  while (state.inFlight > 0 && performance.now() < deadline) await pause();
  // Answers that are still being written end with their connection.
  do {
    server.closeIdleConnections();
    await pause();
  } while ((await connections(server)) > 0 && performance.now() < deadline);
  state.ended.abort();
  server.closeAllConnections();
  await stopped;
  // Its timer that looks for slow clients ends with this alone.
  server.close(() => {});
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));

/** Answers a request whose head is not valid, and closes the connection: what follows may not be a request. */
function refuseRequest(response: ServerResponse, problem: Problem, state: ServiceState): void {
  state.metrics.sentNoHttp();
  const body = problem.body();
  response.writeHead(problem.status, {
    ...SECURITY_HEADERS,
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}

const TOO_MANY = new Problem(429, 'Too many requests of this connection are under way; wait for answers.');

interface Refusal {
  status: ProblemStatus;
  reason: string;
  detail: string;
}

const NO_HTTP: Refusal = { status: 400, reason: 'Bad Request', detail: 'This is not valid HTTP/1.1.' };

/** By the code of the error, Node's own or ours. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    detail: 'The request did not arrive in time.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    detail: 'Headers may have at most 16 KiB.',
  },
  CHUNKS: {
    status: 413,
    reason: 'Content Too Large',
    detail: 'The body comes in too many small chunks; send more bytes in each.',
  },
};

/** Answers a connection that goes no further, as far as possible, and closes it: after input that is not HTTP, for example. */
function refuse(socket: Socket, code: string): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, reason, detail } = Object.hasOwn(REFUSALS, code) ? REFUSALS[code]! : NO_HTTP;
  const body = new Problem(status, detail).body();
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'connection: close',
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // A client that keeps its end open is not waited for.
  setTimeout(() => socket.destroy(), 1000).unref();
}

export function notListening(host: string, port: number, cause: NodeJS.ErrnoException): HourglassError {
  const rule =
    cause.code === 'EADDRINUSE'
      ? 'is in use by another program'
      : cause.code === 'EACCES'
        ? 'is not permitted: ports below 1024 need more rights'
        : `cannot be listened on (${cause.code ?? cause.message})`;
  const hint = cause.code === 'EADDRINUSE' ? '--port 0 takes a free port' : undefined;
  return new HourglassError(
    'usage',
    { subject: `${host}:${port}`, rule, ...(hint === undefined ? {} : { hint }) },
    { cause },
  );
}
