/** Clients of a service: well-behaved ones that are timed, slow ones, and ones that send no HTTP. Loopback only. */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Outcome {
  /** HTTP status; 0 where there was no answer. */
  status: number;
  /** Milliseconds from the start of the request (or from when it was due) to the last byte of its answer. */
  time: number;
}

export interface Target {
  url: URL;
  path: string;
  type: string;
  body: Buffer;
}

export function ask({ url, path, type, body }: Target, agent: Agent, due: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (status: number) => resolve({ status, time: performance.now() - due });
    const sent = request(
      {
        host: url.hostname,
        port: url.port,
        path,
        method: 'POST',
        agent,
        headers: { 'content-type': type, accept: 'application/json', 'content-length': body.length },
      },
      (response) => {
        response.resume();
        response.on('end', () => end(response.statusCode ?? 0));
        response.on('error', () => end(0));
      },
    );
    sent.on('error', () => end(0));
    sent.end(body);
  });
}

/** So many clients, each asking again as soon as it has its answer, for so many seconds. */
export async function closedLoop(target: Target, clients: number, seconds: number): Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const outcomes: Outcome[] = [];
  const end = performance.now() + 1000 * seconds;
  const client = async () => {
    while (performance.now() < end) outcomes.push(await ask(target, agent, performance.now()));
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return outcomes;
}

/** Requests at a steady rate, whether or not the ones before have been answered: none waits for its turn unseen. */
export async function openLoop(
  target: Target,
  rate: number,
  seconds: number,
  onSecond: (second: number) => void,
): Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const total = Math.round(rate * seconds);
  const outcomes: Promise<Outcome>[] = [];
  const start = performance.now();
  let told = 0;
  while (outcomes.length < total) {
    const passed = performance.now() - start;
    const due = Math.min(total, Math.floor((passed / 1000) * rate) + 1);
    while (outcomes.length < due) {
      outcomes.push(ask(target, agent, start + (outcomes.length / rate) * 1000));
    }
    if (passed / 1000 >= told + 1) onSecond(++told);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const all = await Promise.all(outcomes);
  agent.destroy();
  return all;
}

/** Keeps `count` connections that send a header's byte a second, and as many that send rubbish now and then. */
export function nuisance(url: URL, count: number): () => void {
  let ended = false;
  const sockets = new Set<Socket>();
  const slow = () => {
    if (ended) return;
    const socket = connect(Number(url.port), url.hostname);
    socket.write('POST /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const drip = setInterval(() => socket.write('x'), 1000);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(drip);
      setTimeout(slow, 100);
    });
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  for (let i = 0; i < count; i++) slow();
  const rubbish = setInterval(() => {
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => {});
    socket.end('\u0016\u0003\u0001 no HTTP at all\r\n\r\n');
    socket.resume();
  }, 100);
  return () => {
    ended = true;
    clearInterval(rubbish);
    for (const socket of sockets) socket.destroy();
  };
}
